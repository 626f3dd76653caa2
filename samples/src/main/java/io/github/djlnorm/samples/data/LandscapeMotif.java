package io.github.djlnorm.samples.data;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.util.Random;

/** What stands in a landscape, each on the point (0, 0) and some 50 units high. */
enum LandscapeMotif {
    BOAT {
        @Override
        void paint(Graphics2D graphics, Random random) {
            fill(graphics, new Color(0x5A3825), ShapeKind.polygon(-16, 0, 16, 0, 11, 7, -11, 7));
            fill(graphics, new Color(0x2B1B12), box(-0.7, -34, 1.4, 34));
            fill(
                    graphics,
                    any(random, 0xF7F3E8, 0xD7443E, 0xF2C14E),
                    ShapeKind.polygon(1.5, -33, 1.5, -3, 17, -3));
            fill(graphics, new Color(0xEDE6D6), ShapeKind.polygon(-1.5, -29, -1.5, -3, -12, -3));
        }
    },
    HOUSE {
        @Override
        void paint(Graphics2D graphics, Random random) {
            fill(graphics, any(random, 0xF3EAD7, 0xC7684A, 0xE6C98F), box(-24, -26, 48, 26));
            fill(
                    graphics,
                    any(random, 0x8C2F2B, 0x3A3F4B, 0x6B4226),
                    ShapeKind.polygon(-29, -24, 0, -47, 29, -24));
            fill(graphics, new Color(0x4A3020), box(-5, -16, 10, 16));
            fill(graphics, new Color(0x2C4A66), box(-18, -19, 8, 8));
            fill(graphics, new Color(0x2C4A66), box(10, -19, 8, 8));
        }
    },
    FIR {
        @Override
        void paint(Graphics2D graphics, Random random) {
            trunk(graphics);
            Color leaf = any(random, 0x2F5D34, 0x47733A, 0x9C5A2B);
            for (int i = 0; i < 3; i++) {
                double half = 18 - 4 * i;
                double foot = -12 - 14 * i;
                fill(
                        graphics,
                        mix(leaf, Color.BLACK, 0.1 * (2 - i)),
                        ShapeKind.polygon(-half, foot, half, foot, 0, -40 - 12 * i));
            }
        }
    },
    TREE {
        @Override
        void paint(Graphics2D graphics, Random random) {
            trunk(graphics);
            Color leaf = any(random, 0x2F5D34, 0x47733A, 0x9C5A2B);
            for (int i = 0; i < 12; i++) {
                double angle = 2 * Math.PI * random.nextDouble();
                double distance = 11 * Math.sqrt(random.nextDouble());
                fill(
                        graphics,
                        mix(leaf, i < 6 ? Color.BLACK : Color.WHITE, 0.2 * random.nextDouble()),
                        new Ellipse2D.Double(
                                distance * Math.cos(angle) - 9,
                                distance * Math.sin(angle) - 43,
                                18,
                                18));
            }
        }
    };

    abstract void paint(Graphics2D graphics, Random random);

    final void paintAt(Graphics2D graphics, Random random, double x, double y, double scale) {
        Graphics2D moved = (Graphics2D) graphics.create();
        moved.translate(x, y);
        moved.scale(scale, scale);
        paint(moved, random);
        moved.dispose();
    }

    /** The color at a part of the way from one to the other. */
    static Color mix(Color from, Color to, double part) {
        return new Color(
                mix(from.getRed(), to.getRed(), part),
                mix(from.getGreen(), to.getGreen(), part),
                mix(from.getBlue(), to.getBlue(), part));
    }

    private static int mix(int from, int to, double part) {
        return (int) Math.round(from + part * (to - from));
    }

    private static Color any(Random random, int... rgb) {
        return new Color(rgb[random.nextInt(rgb.length)]);
    }

    private static void trunk(Graphics2D graphics) {
        fill(graphics, new Color(0x4A3222), ShapeKind.polygon(-3, 0, 3, 0, 2, -22, -2, -22));
    }

    private static void fill(Graphics2D graphics, Color color, Shape shape) {
        graphics.setColor(color);
        graphics.fill(shape);
    }

    private static Shape box(double x, double y, double width, double height) {
        return ShapeKind.polygon(x, y, x + width, y, x + width, y + height, x, y + height);
    }
}
