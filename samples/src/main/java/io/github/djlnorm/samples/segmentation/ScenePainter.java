package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.data.ShapeKind;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws scenes: shapes that cover each other, striped like the ground but in other colors, under
 * light that is strong or weak and falls off to one side, with noise. The mask is exact: a pixel is
 * of the shape that gave it its color.
 */
final class ScenePainter {

    private static final List<ShapeKind> KINDS =
            List.of(ShapeKind.CIRCLE, ShapeKind.CROSS, ShapeKind.TRIANGLE);
    private static final double NOISE = 8;
    private static final double GRAY = 128;

    private final int size;
    private final Random random;

    /** Creates a painter whose scenes follow from the seed alone. */
    ScenePainter(int size, long seed) {
        this.size = size;
        random = new Random(seed);
    }

    /** The names of the classes, by number. */
    static List<String> classes() {
        List<String> classes = new ArrayList<>(List.of("ground"));
        KINDS.forEach(kind -> classes.add(kind.label()));
        return List.copyOf(classes);
    }

    Scene paint() {
        List<Surface> surfaces = new ArrayList<>(List.of(surface(0)));
        List<Integer> kinds = new ArrayList<>(List.of(0));
        // Each pixel's number of the surface that is seen there, without smoothed edges.
        BufferedImage seen = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = seen.createGraphics();
        int shapes = 2 + random.nextInt(3);
        for (int i = 1; i <= shapes; i++) {
            int kind = random.nextInt(KINDS.size());
            kinds.add(kind + 1);
            surfaces.add(surface(kind + 1));
            graphics.setColor(new Color(i));
            graphics.fill(KINDS.get(kind).outline(pose()));
        }
        graphics.dispose();
        return scene(seen, surfaces, kinds);
    }

    private AffineTransform pose() {
        double radius = size * between(0.2, 0.32);
        AffineTransform pose = new AffineTransform();
        pose.translate(between(0, size), between(0, size));
        pose.rotate(between(-0.3, 0.3));
        pose.scale(radius, radius);
        return pose;
    }

    private Scene scene(BufferedImage seen, List<Surface> surfaces, List<Integer> kinds) {
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        byte[] classes = new byte[size * size];
        double contrast = between(0.3, 1.2);
        double brightness = between(-60, 60);
        double fallX = between(-0.5, 0.5) / size;
        double fallY = between(-0.5, 0.5) / size;
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int surface = seen.getRGB(x, y) & 0xFFFFFF;
                double light = 1 + fallX * (x - size / 2.0) + fallY * (y - size / 2.0);
                int rgb = 0;
                for (int channel = 0; channel < 3; channel++) {
                    double color = surfaces.get(surface).at(x, y, channel);
                    double lit = (GRAY + contrast * (color - GRAY) + brightness) * light;
                    rgb = rgb << 8 | level(lit + NOISE * random.nextGaussian());
                }
                image.setRGB(x, y, rgb);
                classes[y * size + x] = kinds.get(surface).byteValue();
            }
        }
        return new Scene(image, new Mask(size, classes));
    }

    /** Two colors that follow each other in waves. */
    private record Surface(Color from, Color to, double x, double y, double phase) {

        double at(int column, int row, int channel) {
            double share = 0.5 + 0.5 * Math.sin(x * column + y * row + phase);
            return component(from, channel) * (1 - share) + component(to, channel) * share;
        }

        private static int component(Color color, int channel) {
            return color.getRGB() >> (16 - 8 * channel) & 0xFF;
        }
    }

    /** The ground is grayish, circles reddish, crosses greenish and triangles bluish. */
    private Surface surface(int classNumber) {
        double direction = between(0, 2 * Math.PI);
        double frequency = classNumber == 0 ? between(0.05, 0.2) : between(0.3, 1.2);
        return new Surface(
                color(classNumber),
                color(classNumber),
                frequency * Math.cos(direction),
                frequency * Math.sin(direction),
                between(0, 2 * Math.PI));
    }

    private Color color(int classNumber) {
        double brightness = between(0.3, 1);
        return classNumber == 0
                ? hsb(between(0, 1), between(0, 0.4), brightness)
                : hsb((classNumber - 1) / 3.0 + between(-0.12, 0.12), between(0.3, 1), brightness);
    }

    private static Color hsb(double hue, double saturation, double brightness) {
        return Color.getHSBColor((float) hue, (float) saturation, (float) brightness);
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private static int level(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }
}
