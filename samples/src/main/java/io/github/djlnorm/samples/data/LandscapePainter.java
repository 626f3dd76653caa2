package io.github.djlnorm.samples.data;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** Draws landscapes by day and by night: mountains behind a lake with boats or a meadow. */
final class LandscapePainter {

    static final int SIZE = 256;

    // The most opaque spot, of 255.
    private static final int GRAIN = 32;

    // The sky above and at the horizon, and the sun or moon.
    private static final List<List<Color>> LIGHTS =
            List.of(
                    colors(0x3F7FC4, 0xCFE6F2, 0xFFF3C4),
                    colors(0x3B2F63, 0xF2915A, 0xFFE08A),
                    colors(0x0D1B3D, 0x32507F, 0xF4F1DC),
                    colors(0x7A94A8, 0xDDE3E3, 0xFFFFFF));
    private static final List<Color> MEADOWS = colors(0x6FA043, 0xC9A24A, 0x4C7A4A);
    private static final Color MOUNTAIN = new Color(0x35506E);
    private static final Color NEAR_MOUNTAIN = new Color(0x1D2A3A);
    private static final Color LAKE = new Color(0x2A6F97);
    private static final Color DEEP = new Color(0x0B2545);
    private static final Color PATH = new Color(0xE8D5A8);

    private final Random random;

    /** Creates a painter whose pictures follow from the seed alone. */
    LandscapePainter(long seed) {
        random = new Random(seed);
    }

    BufferedImage paint() {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        List<Color> light = LIGHTS.get(random.nextInt(LIGHTS.size()));
        int horizon = 130 + random.nextInt(40);
        sky(graphics, light, horizon);
        mountains(graphics, light, horizon);
        if (random.nextBoolean()) {
            lake(graphics, light, horizon);
        } else {
            meadow(graphics, light, horizon);
        }
        grain(graphics);
        graphics.dispose();
        return image;
    }

    private void sky(Graphics2D graphics, List<Color> light, int horizon) {
        graphics.setPaint(new GradientPaint(0, 0, light.get(0), 0, horizon, light.get(1)));
        graphics.fillRect(0, 0, SIZE, SIZE);
        double radius = between(14, 28);
        double x = between(40, SIZE - 40);
        double y = between(30, 90);
        Color sun = light.get(2);
        graphics.setPaint(
                new RadialGradientPaint(
                        (float) x,
                        (float) y,
                        (float) (4 * radius),
                        new float[] {0, 1},
                        new Color[] {transparent(sun, 150), transparent(sun, 0)}));
        graphics.fill(disc(x, y, 4 * radius, 4 * radius));
        graphics.setPaint(sun);
        graphics.fill(disc(x, y, radius, radius));
        graphics.setPaint(transparent(Color.WHITE, 110));
        for (int clouds = random.nextInt(4); clouds > 0; clouds--) {
            double center = between(0, SIZE);
            double height = between(20, 90);
            for (int puff = -3; puff <= 3; puff++) {
                double width = between(9, 24);
                graphics.fill(
                        disc(center + 11 * puff, height - between(0, 8), width, 0.45 * width));
            }
        }
    }

    private void mountains(Graphics2D graphics, List<Color> light, int horizon) {
        Color far = LandscapeMotif.mix(light.get(1), MOUNTAIN, 0.45);
        int ridges = 2 + random.nextInt(2);
        for (int i = 0; i < ridges; i++) {
            graphics.setPaint(LandscapeMotif.mix(far, NEAR_MOUNTAIN, 0.35 * i));
            graphics.fill(below(ridge(horizon - 55 + 24 * i, 38 - 8 * i), horizon + 30));
        }
    }

    /** Folded waves of a few lengths, which have peaks. */
    private IntToDoubleFunction ridge(double base, double height) {
        double[] frequencies = random.doubles(5, 0.6 / 40, 1.4 / 40).toArray();
        double[] phases = random.doubles(5, 0, 2 * Math.PI).toArray();
        return x -> {
            double y = 0;
            for (int i = 0; i < phases.length; i++) {
                y += Math.abs(Math.sin((i + 1) * frequencies[i] * x + phases[i])) / (i + 1.5);
            }
            return base + height * (1.2 - y);
        };
    }

    private void lake(Graphics2D graphics, List<Color> light, int horizon) {
        graphics.setPaint(
                new GradientPaint(
                        0,
                        horizon,
                        LandscapeMotif.mix(light.get(1), LAKE, 0.4),
                        0,
                        SIZE,
                        LandscapeMotif.mix(light.get(0), DEEP, 0.5)));
        graphics.fillRect(0, horizon, SIZE, SIZE - horizon);
        graphics.setPaint(transparent(Color.WHITE, 50));
        for (int i = 0; i < 60; i++) {
            double depth = 4 + between(0, 1) * between(0, SIZE - horizon);
            graphics.fill(disc(between(0, SIZE), horizon + depth, 5 + between(0, depth / 4), 0.75));
        }
        for (int boats = 1 + random.nextInt(2); boats > 0; boats--) {
            LandscapeMotif.BOAT.paintAt(
                    graphics,
                    random,
                    between(40, SIZE - 40),
                    horizon + between(22, 67),
                    between(1.8, 3));
        }
    }

    private void meadow(Graphics2D graphics, List<Color> light, int horizon) {
        Color grass =
                LandscapeMotif.mix(MEADOWS.get(random.nextInt(MEADOWS.size())), light.get(0), 0.15);
        graphics.setPaint(
                new GradientPaint(
                        0,
                        horizon - 10,
                        LandscapeMotif.mix(grass, Color.WHITE, 0.2),
                        0,
                        SIZE,
                        LandscapeMotif.mix(grass, Color.BLACK, 0.35)));
        double phase = between(0, 2 * Math.PI);
        graphics.fill(below(x -> horizon + 6 * Math.sin(x / 37.0 + phase), SIZE));
        graphics.setPaint(LandscapeMotif.mix(PATH, light.get(0), 0.15));
        graphics.fill(path(between(60, SIZE - 60), horizon));
        if (random.nextInt(3) > 0) {
            LandscapeMotif.HOUSE.paintAt(
                    graphics,
                    random,
                    between(50, SIZE - 50),
                    horizon + between(18, 43),
                    between(0.8, 1.3));
        }
        // The near ones hide those farther away.
        double[] depths = random.doubles(2 + random.nextInt(4), 10, 95).sorted().toArray();
        for (double depth : depths) {
            LandscapeMotif tree = random.nextBoolean() ? LandscapeMotif.FIR : LandscapeMotif.TREE;
            tree.paintAt(
                    graphics,
                    random,
                    between(0, SIZE),
                    horizon + depth,
                    0.5 + depth / 60 + between(0, 0.2));
        }
    }

    /** Grain as of canvas, coarse and fine, which a plain sky's strokes can follow. */
    private void grain(Graphics2D graphics) {
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        for (int cell = 1; cell <= 4; cell *= 2) {
            int size = SIZE / cell;
            int[] spots =
                    random.ints((long) size * size, 0, GRAIN)
                            .map(alpha -> alpha << 24 | (alpha % 2 == 0 ? 0 : 0xFFFFFF))
                            .toArray();
            BufferedImage grain = new BufferedImage(size, size, BufferedImage.TYPE_INT_ARGB);
            grain.setRGB(0, 0, size, size, spots, 0, size);
            graphics.drawImage(grain, 0, 0, SIZE, SIZE, null);
        }
    }

    /** A path that widens towards the viewer. */
    private static Shape path(double x, int horizon) {
        Path2D path = new Path2D.Double();
        path.moveTo(x - 2, horizon + 8);
        path.curveTo(x + 40, horizon + 40, x - 60, horizon + 60, x - 50, SIZE);
        path.lineTo(x + 10, SIZE);
        path.curveTo(x - 20, horizon + 60, x + 55, horizon + 40, x + 3, horizon + 8);
        path.closePath();
        return path;
    }

    private static Shape below(IntToDoubleFunction edge, int bottom) {
        Path2D area = new Path2D.Double();
        area.moveTo(0, bottom);
        for (int x = 0; x <= SIZE; x += 2) {
            area.lineTo(x, edge.applyAsDouble(x));
        }
        area.lineTo(SIZE, bottom);
        area.closePath();
        return area;
    }

    private static Shape disc(double x, double y, double width, double height) {
        return new Ellipse2D.Double(x - width, y - height, 2 * width, 2 * height);
    }

    private static List<Color> colors(int... rgb) {
        return Arrays.stream(rgb).mapToObj(Color::new).toList();
    }

    private static Color transparent(Color color, int alpha) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), alpha);
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }
}
