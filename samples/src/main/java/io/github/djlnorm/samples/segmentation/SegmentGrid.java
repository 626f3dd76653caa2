package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.plot.Figure;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** A picture of images, their true masks and those that nets found, in columns. */
final class SegmentGrid {

    private static final int CELL = 192;
    private static final int GAP = 4;

    private final List<BufferedImage> columns = new ArrayList<>();

    /**
     * Begins with images and their true masks.
     *
     * @param size width and height of what the nets see, in pixels
     */
    SegmentGrid(Scene.Source scenes, int size) {
        List<BufferedImage> images = new ArrayList<>();
        List<Mask> masks = new ArrayList<>();
        for (int i = 0; i < scenes.size(); i++) {
            images.add(scenes.scene(i).image());
            masks.add(scenes.scene(i).mask().scaled(size, size));
        }
        addColumn("image", images);
        add("truth", masks);
    }

    /** Adds what a net found. */
    void add(String title, List<Mask> masks) {
        addColumn(title, masks.stream().map(Mask::picture).toList());
    }

    private void addColumn(String title, List<BufferedImage> pictures) {
        List<BufferedImage> parts = new ArrayList<>();
        parts.add(Figure.heading(CELL + GAP, title, ""));
        pictures.forEach(picture -> parts.add(cell(picture)));
        columns.add(Figure.below(parts));
    }

    private static BufferedImage cell(BufferedImage picture) {
        BufferedImage cell = Figure.blank(CELL + GAP, CELL + GAP);
        Graphics2D graphics = cell.createGraphics();
        graphics.drawImage(picture, GAP / 2, GAP / 2, CELL, CELL, null);
        graphics.dispose();
        return cell;
    }

    BufferedImage draw() {
        return Figure.beside(columns);
    }
}
