package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.Pixels;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What trained generators paint and how their losses went, side by side. */
final class StylizeGallery {

    private static final int SHOWN = 3;

    private final BufferedImage style;
    private final NDArray contents;
    private final List<StylizeResult> trainings = new ArrayList<>();
    private final Map<String, List<BufferedImage>> pictures = new LinkedHashMap<>();

    /**
     * Creates an empty comparison.
     *
     * @param contents images, of shape (N, 3, H, W), of which some are shown
     */
    StylizeGallery(BufferedImage style, NDArray contents) {
        this.style = style;
        this.contents = contents;
        pictures.put("content", paint(image -> image));
    }

    /** Adds a training that is over. */
    void add(StylizeResult result) {
        trainings.add(result);
    }

    /** Adds what a generator paints. */
    void show(Stylizer stylizer) {
        pictures.put(stylizer.card().norm().toString(), paint(stylizer::apply));
    }

    /** Writes the pictures and the losses, and tells what there is. */
    void write(Path folder, PrintWriter out) {
        StylizeSummary summary = new StylizeSummary(trainings);
        summary.lines().forEach(out::println);
        Path grid = folder.resolve("grid.png");
        ImageFiles.write(grid, StylizeGrid.draw(style, pictures));
        out.println("pictures: " + grid);
        Path ends = folder.resolve("summary.csv");
        ResultFiles.write(ends, summary.csv());
        Path curves = folder.resolve("losses.csv");
        ResultFiles.write(curves, summary.curvesCsv());
        Path chart = folder.resolve("losses.png");
        ImageFiles.write(chart, StylizeChart.draw(summary));
        out.println("losses: " + chart + ", " + curves + " and " + ends);
    }

    private List<BufferedImage> paint(UnaryOperator<NDArray> painter) {
        List<BufferedImage> painted = new ArrayList<>();
        for (long i = 0; i < Math.min(SHOWN, contents.size(0)); i++) {
            try (NDManager scratch = contents.getManager().newSubManager()) {
                NDArray content = contents.get(i).expandDims(0);
                content.attach(scratch);
                painted.add(Pixels.image(painter.apply(content)));
            }
        }
        return painted;
    }
}
