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
    private static final double NOISE = 6;
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
        int shapes = 3 + random.nextInt(4);
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
        double radius = size * between(0.15, 0.27);
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

    /** Two colors that follow each other in a pattern: waves, or on those waves across. */
    private record Surface(
            Color from, Color to, double x, double y, double phase, boolean checked) {

        double at(int column, int row, int channel) {
            double wave = Math.sin(x * column + y * row + phase);
            double share = checked ? wave * Math.sin(y * column - x * row + phase) : wave;
            return component(from, channel) * (0.5 - share / 2)
                    + component(to, channel) * (0.5 + share / 2);
        }

        private static int component(Color color, int channel) {
            return color.getRGB() >> (16 - 8 * channel) & 0xFF;
        }
    }

    /** The ground has slow waves, and each kind of shape a pattern of its own. */
    private Surface surface(int classNumber) {
        double direction = between(0, 2 * Math.PI);
        double frequency =
                switch (classNumber) {
                    case 0 -> between(0.05, 0.2);
                    case 1 -> between(0, 0.05);
                    default -> between(0.9, 1.3);
                };
        Color from = color();
        return new Surface(
                from,
                near(from),
                frequency * Math.cos(direction),
                frequency * Math.sin(direction),
                between(0, 2 * Math.PI),
                classNumber == 3);
    }

    private Color color() {
        return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    private Color near(Color color) {
        return new Color(near(color.getRed()), near(color.getGreen()), near(color.getBlue()));
    }

    private int near(int component) {
        return level(component + (random.nextBoolean() ? 1 : -1) * between(40, 90));
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private static int level(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }
}
