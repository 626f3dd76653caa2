package io.github.djlnorm.samples.data;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.Random;

/** Draws a shape with random pose, colour, background, noise and lighting. */
final class ShapePainter {

    static final int SIZE = 32;

    private static final double MIN_CONTRAST = 60;
    private static final double NOISE = 8;

    private final Random random;

    /** Creates a painter whose pictures follow from the seed alone. */
    ShapePainter(long seed) {
        random = new Random(seed);
    }

    BufferedImage paint(ShapeKind kind) {
        BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        Color from = color();
        Color to = color();
        graphics.setPaint(new GradientPaint(edge(), 0, from, edge(), SIZE, to));
        graphics.fillRect(0, 0, SIZE, SIZE);
        graphics.setPaint(colorUnlike(from, to));
        graphics.fill(kind.outline(pose()));
        graphics.dispose();
        light(image);
        return image;
    }

    private AffineTransform pose() {
        double radius = between(9, 14);
        AffineTransform pose = new AffineTransform();
        pose.translate(between(radius, SIZE - radius), between(radius, SIZE - radius));
        pose.rotate(between(0, 2 * Math.PI));
        pose.scale(radius * between(0.85, 1), radius * between(0.85, 1));
        return pose;
    }

    private void light(BufferedImage image) {
        double contrast = between(0.5, 1.2);
        double brightness = between(-40, 40);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int rgb = image.getRGB(x, y);
                int lit = 0;
                for (int shift = 16; shift >= 0; shift -= 8) {
                    double value = 128 + contrast * ((rgb >> shift & 0xFF) - 128) + brightness;
                    lit |= clamp(value + NOISE * random.nextGaussian()) << shift;
                }
                image.setRGB(x, y, lit);
            }
        }
    }

    private Color colorUnlike(Color first, Color second) {
        Color color = color();
        while (distance(color, first) < MIN_CONTRAST || distance(color, second) < MIN_CONTRAST) {
            color = color();
        }
        return color;
    }

    /** The difference of two colours in brightness, which is what outlines are seen by. */
    private static double distance(Color first, Color second) {
        return Math.abs(brightness(first) - brightness(second));
    }

    private static double brightness(Color color) {
        return 0.299 * color.getRed() + 0.587 * color.getGreen() + 0.114 * color.getBlue();
    }

    private Color color() {
        return new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    private float edge() {
        return (float) between(0, SIZE);
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private static int clamp(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }
}
