package io.github.djlnorm.samples.style;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** A picture of contents and results in rows, beside the style. */
final class StylizeGrid {

    private static final int MIN_CELL = 96;
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
        List<BufferedImage> first = rows.values().iterator().next();
        int cell = enlarged(first.get(0));
        int rowHeight = LABEL + cell + GAP;
        int left = enlarged(style) + 3 * GAP;
        int width = left + first.size() * (cell + GAP);
        int height = Math.max(rows.size() * rowHeight, LABEL + enlarged(style)) + GAP;
        BufferedImage grid = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = grid.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setColor(Color.BLACK);
        graphics.setFont(FONT);
        draw(graphics, "style", centerSquare(style), GAP, 0);
        int y = 0;
        for (Map.Entry<String, List<BufferedImage>> row : rows.entrySet()) {
            int x = left;
            String label = row.getKey();
            for (BufferedImage image : row.getValue()) {
                draw(graphics, label, image, x, y);
                label = "";
                x += cell + GAP;
            }
            y += rowHeight;
        }
        graphics.dispose();
        return grid;
    }

    private static void draw(Graphics2D graphics, String label, BufferedImage image, int x, int y) {
        int size = enlarged(image);
        graphics.drawString(label, x, y + LABEL - GAP);
        graphics.drawImage(image, x, y + LABEL, size, size, null);
    }

    /** A whole number of times as large, so that the picture shows the pixels as they are. */
    private static int enlarged(BufferedImage square) {
        int size = Math.min(square.getWidth(), square.getHeight());
        return size * ((MIN_CELL + size - 1) / size);
    }

    private static BufferedImage centerSquare(BufferedImage image) {
        int size = Math.min(image.getWidth(), image.getHeight());
        return image.getSubimage(
                (image.getWidth() - size) / 2, (image.getHeight() - size) / 2, size, size);
    }
}
