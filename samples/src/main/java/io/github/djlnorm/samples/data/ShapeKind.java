package io.github.djlnorm.samples.data;

import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The kinds of shapes that are drawn, each inside the unit circle. */
public enum ShapeKind {
    ARROW,
    BAR,
    CIRCLE,
    CRESCENT,
    CROSS,
    HEART,
    RING,
    SQUARE,
    STAR,
    TRIANGLE;

    /** The names of all kinds, in order. */
    static List<String> names() {
        return Arrays.stream(values()).map(ShapeKind::label).toList();
    }

    /** The name of what is of this kind. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The outline in the given pose. */
    public Shape outline(AffineTransform pose) {
        return pose.createTransformedShape(outline());
    }

    private Shape outline() {
        return switch (this) {
            case ARROW ->
                    polygon(
                            0, -1, 0.8, -0.1, 0.3, -0.1, 0.3, 0.95, -0.3, 0.95, -0.3, -0.1, -0.8,
                            -0.1);
            case BAR -> box(0.28, 0.95);
            case CIRCLE -> disc(0, 0.85);
            case CRESCENT -> minus(disc(0, 0.95), disc(0.5, 0.8));
            case CROSS -> plus(box(0.27, 0.95), box(0.95, 0.27));
            case HEART -> heart();
            case RING -> minus(disc(0, 0.95), disc(0, 0.55));
            case SQUARE -> box(0.7, 0.7);
            case STAR -> star();
            case TRIANGLE -> polygon(0, -1, 0.866, 0.5, -0.866, 0.5);
        };
    }

    private static Shape disc(double x, double radius) {
        return new Ellipse2D.Double(x - radius, -radius, 2 * radius, 2 * radius);
    }

    private static Shape box(double halfWidth, double halfHeight) {
        return new Rectangle2D.Double(-halfWidth, -halfHeight, 2 * halfWidth, 2 * halfHeight);
    }

    private static Shape plus(Shape first, Shape second) {
        Area area = new Area(first);
        area.add(new Area(second));
        return area;
    }

    private static Shape minus(Shape whole, Shape hole) {
        Area area = new Area(whole);
        area.subtract(new Area(hole));
        return area;
    }

    /** The area within corners, of which each has two coordinates. */
    static Shape polygon(double... coordinates) {
        Path2D path = new Path2D.Double();
        path.moveTo(coordinates[0], coordinates[1]);
        for (int i = 2; i < coordinates.length; i += 2) {
            path.lineTo(coordinates[i], coordinates[i + 1]);
        }
        path.closePath();
        return path;
    }

    private static Shape star() {
        double[] coordinates = new double[20];
        for (int i = 0; i < 10; i++) {
            double radius = i % 2 == 0 ? 1 : 0.4;
            coordinates[2 * i] = radius * Math.sin(Math.PI * i / 5);
            coordinates[2 * i + 1] = -radius * Math.cos(Math.PI * i / 5);
        }
        return polygon(coordinates);
    }

    private static Shape heart() {
        Path2D path = new Path2D.Double();
        path.moveTo(0, 0.95);
        path.curveTo(-1.7, -0.1, -0.75, -1.35, 0, -0.5);
        path.curveTo(0.75, -1.35, 1.7, -0.1, 0, 0.95);
        path.closePath();
        return path;
    }
}
