package io.github.djlnorm.samples.style;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** The style images that the program draws, each of strong texture and few colors. */
enum StylePainting {
    /** Dark contours over bands of blue, cream and orange. */
    WAVES {
        @Override
        void paint(Graphics2D graphics, Random random) {
            List<Color> colors = colors(0x12355B, 0x2E86AB, 0xF6E7CB, 0xE4572E, 0x1B998B);
            double phase = random.nextDouble() * 6;
            for (int row = -2; row < 26; row++) {
                Path2D band = new Path2D.Double();
                band.moveTo(-5, SIZE + 40);
                for (int x = -5; x <= SIZE + 5; x++) {
                    double height =
                            5 * Math.sin(x / 11.0 + phase + row * 0.55)
                                    + 3 * Math.sin(x / 23.0 - row * 0.9);
                    band.lineTo(x, row * 6 + height);
                }
                band.lineTo(SIZE + 5, SIZE + 40);
                band.closePath();
                graphics.setColor(colors.get(Math.floorMod(row * 2 + row / 5, colors.size())));
                graphics.fill(band);
                graphics.setColor(new Color(0x0B1B33));
                graphics.setStroke(new BasicStroke(1.4f));
                graphics.draw(band);
            }
        }
    },
    /** Tiles of warm and cold colors between dark joints. */
    MOSAIC {
        @Override
        void paint(Graphics2D graphics, Random random) {
            List<Color> colors =
                    colors(0xD7263D, 0xF46036, 0xF9C22E, 0x2E294E, 0x1B998B, 0xC5D86D, 0x5BC0EB);
            graphics.setColor(new Color(0x1A1423));
            graphics.fillRect(0, 0, SIZE, SIZE);
            int step = 8;
            for (int y = -step; y < SIZE + step; y += step) {
                for (int x = -step; x < SIZE + step; x += step) {
                    Path2D tile = new Path2D.Double();
                    double shift = y / step % 2 * step / 2.0;
                    tile.moveTo(x + shift + 1.2 * random.nextGaussian() * 0.5, y + 1);
                    tile.lineTo(x + shift + step - 1.2, y + 0.6 * random.nextGaussian());
                    tile.lineTo(x + shift + step - 1.2, y + step - 1.4);
                    tile.lineTo(x + shift, y + step - 1.2 + 0.6 * random.nextGaussian());
                    tile.closePath();
                    graphics.setColor(colors.get(random.nextInt(colors.size())));
                    graphics.fill(tile);
                }
            }
        }
    },
    /** Many short strokes of a brush along a turning field, from dark blue to orange. */
    STROKES {
        @Override
        void paint(Graphics2D graphics, Random random) {
            List<Color> colors =
                    colors(
                            0x0D1B2A, 0x1D3557, 0x274690, 0x457B9D, 0xA8DADC, 0xF4D35E, 0xEE964B,
                            0xF95738);
            graphics.setColor(colors.get(1));
            graphics.fillRect(0, 0, SIZE, SIZE);
            graphics.setStroke(
                    new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            for (int i = 0; i < 3000; i++) {
                double x = between(-MARGIN, SIZE + MARGIN, random);
                double y = between(-MARGIN, SIZE + MARGIN, random);
                double angle = 2.5 * Math.sin(x / 26) + 2.5 * Math.cos(y / 31);
                Path2D stroke = new Path2D.Double();
                stroke.moveTo(x, y);
                stroke.curveTo(
                        x + 3 * Math.cos(angle),
                        y + 3 * Math.sin(angle),
                        x + 6 * Math.cos(angle + 0.3),
                        y + 6 * Math.sin(angle + 0.3),
                        x + 10 * Math.cos(angle + 0.6),
                        y + 10 * Math.sin(angle + 0.6));
                double warmth = 0.5 + 0.5 * Math.sin(x / 20 + 2 * Math.cos(y / 17.5));
                int color = (int) (warmth * colors.size() + 1.2 * random.nextGaussian());
                graphics.setColor(colors.get(Math.max(0, Math.min(colors.size() - 1, color))));
                graphics.draw(stroke);
            }
        }
    };

    // What is painted on, and how many pixels a unit has.
    private static final int SIZE = 128;
    private static final int SCALE = 2;

    private static final int MARGIN = 10;

    /** Width and height in pixels. */
    static final int PIXELS = SCALE * SIZE;

    abstract void paint(Graphics2D graphics, Random random);

    /** Draws the image, always the same one. */
    BufferedImage image() {
        BufferedImage image = new BufferedImage(PIXELS, PIXELS, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(
                RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale(SCALE, SCALE);
        paint(graphics, new Random(1));
        graphics.dispose();
        return image;
    }

    static List<String> names() {
        return Arrays.stream(values()).map(style -> style.name().toLowerCase(Locale.ROOT)).toList();
    }

    private static double between(double low, double high, Random random) {
        return low + (high - low) * random.nextDouble();
    }

    private static List<Color> colors(int... rgb) {
        return Arrays.stream(rgb).mapToObj(Color::new).toList();
    }
}
