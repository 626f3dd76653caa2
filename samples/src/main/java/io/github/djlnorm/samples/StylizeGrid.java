package io.github.djlnorm.samples;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** A picture of contents and results in rows, beside the style. */
final class StylizeGrid {

    private static final int CELL = 128;
    private static final int GAP = 6;
    private static final int LABEL = 24;
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 15);

    private StylizeGrid() {}

    /**
     * Draws the picture.
     *
     * @param rows the images by the label above them, as many in each row
     */
    static BufferedImage draw(BufferedImage style, Map<String, List<BufferedImage>> rows) {
        int columns = rows.values().iterator().next().size();
        int rowHeight = LABEL + CELL + GAP;
        int height = rows.size() * rowHeight + GAP;
        int styleSize = Math.min(3 * CELL, height - LABEL - 2 * GAP);
        int left = styleSize + 3 * GAP;
        BufferedImage grid =
                new BufferedImage(
                        left + columns * (CELL + GAP), height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = grid.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, grid.getWidth(), height);
        graphics.setColor(Color.BLACK);
        graphics.setFont(FONT);
        draw(graphics, "style", style, GAP, 0, styleSize);
        int y = 0;
        for (Map.Entry<String, List<BufferedImage>> row : rows.entrySet()) {
            int x = left;
            String label = row.getKey();
            for (BufferedImage image : row.getValue()) {
                draw(graphics, label, image, x, y, CELL);
                label = "";
                x += CELL + GAP;
            }
            y += rowHeight;
        }
        graphics.dispose();
        return grid;
    }

    private static void draw(
            Graphics2D graphics, String label, BufferedImage image, int x, int y, int size) {
        graphics.drawString(label, x, y + LABEL - GAP);
        BufferedImage square = centerSquare(image);
        graphics.drawImage(square, x, y + LABEL, size, size, null);
    }

    private static BufferedImage centerSquare(BufferedImage image) {
        int size = Math.min(image.getWidth(), image.getHeight());
        return image.getSubimage(
                (image.getWidth() - size) / 2, (image.getHeight() - size) / 2, size, size);
    }
}
