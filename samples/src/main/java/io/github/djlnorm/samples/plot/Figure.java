package io.github.djlnorm.samples.plot;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Pictures that are put together from pictures. */
public final class Figure {

    private static final int HEADING = 44;

    private Figure() {}

    public static BufferedImage of(Chart<?, ?> chart) {
        return BitmapEncoder.getBufferedImage(chart);
    }

    public static BufferedImage beside(List<BufferedImage> parts) {
        BufferedImage all =
                blank(
                        parts.stream().mapToInt(BufferedImage::getWidth).sum(),
                        parts.stream().mapToInt(BufferedImage::getHeight).max().orElseThrow());
        Graphics2D graphics = all.createGraphics();
        int x = 0;
        for (BufferedImage part : parts) {
            graphics.drawImage(part, x, 0, null);
            x += part.getWidth();
        }
        graphics.dispose();
        return all;
    }

    public static BufferedImage below(List<BufferedImage> parts) {
        BufferedImage all =
                blank(
                        parts.stream().mapToInt(BufferedImage::getWidth).max().orElseThrow(),
                        parts.stream().mapToInt(BufferedImage::getHeight).sum());
        Graphics2D graphics = all.createGraphics();
        int y = 0;
        for (BufferedImage part : parts) {
            graphics.drawImage(part, 0, y, null);
            y += part.getHeight();
        }
        graphics.dispose();
        return all;
    }

    /** A strip with a title, and a line below it. */
    public static BufferedImage heading(int width, String title, String below) {
        BufferedImage strip = blank(width, HEADING);
        Graphics2D graphics = strip.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.DARK_GRAY);
        center(graphics, title, Font.BOLD, 15, width, HEADING / 2);
        center(graphics, below, Font.PLAIN, 12, width, HEADING - 4);
        graphics.dispose();
        return strip;
    }

    private static void center(
            Graphics2D graphics, String text, int style, int size, int width, int y) {
        graphics.setFont(new Font(Font.SANS_SERIF, style, size));
        graphics.drawString(text, (width - graphics.getFontMetrics().stringWidth(text)) / 2, y);
    }

    public static BufferedImage blank(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        return image;
    }
}
