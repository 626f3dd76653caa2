package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.djlnorm.samples.LossReport.Losses;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What trained generators paint and how their losses went, side by side. */
final class StylizeResults {

    private static final int SHOWN = 5;

    private final BufferedImage style;
    private final NDArray contents;
    private final Map<String, List<LossReport>> trainings = new LinkedHashMap<>();
    private final Map<String, List<BufferedImage>> pictures = new LinkedHashMap<>();

    /**
     * Creates an empty comparison.
     *
     * @param contents images, of shape (N, 3, H, W), of which some are shown
     */
    StylizeResults(BufferedImage style, NDArray contents) {
        this.style = style;
        this.contents = contents;
        pictures.put("content", paint(image -> image));
    }

    /** Adds a training that is over. */
    void add(Stylizer stylizer, List<LossReport> reports) {
        String name = stylizer.card().norm().toString();
        trainings.put(name, reports);
        pictures.put(name, paint(stylizer::apply));
    }

    /** Writes the pictures and the losses, and tells what there is. */
    void write(Path folder, PrintWriter out) throws IOException {
        trainings.forEach((norm, reports) -> out.println(line(norm, reports)));
        Path grid = folder.resolve("grid.png");
        ImageFiles.write(grid, StylizeGrid.draw(style, pictures));
        out.println("pictures: " + grid);
        Path losses = folder.resolve("losses.csv");
        Output.write(losses, csv());
        Path chart = folder.resolve("losses.png");
        StylizeChart.write(chart, trainings);
        out.println("losses: " + chart + " and " + losses);
    }

    private static String line(String norm, List<LossReport> reports) {
        return "%-10s at the end  training: %s  test: %s"
                .formatted(
                        norm,
                        LossReport.end(reports, LossReport::train).text(),
                        LossReport.end(reports, LossReport::test).text());
    }

    private List<String> csv() {
        List<String> lines = new ArrayList<>();
        lines.add("norm,step,images,content,style,loss");
        trainings.forEach(
                (norm, reports) ->
                        reports.forEach(
                                report -> {
                                    lines.add(csv(norm, report.step(), "train", report.train()));
                                    lines.add(csv(norm, report.step(), "test", report.test()));
                                }));
        return lines;
    }

    private static String csv(String norm, int step, String images, Losses losses) {
        return "%s,%d,%s,%s,%s,%s"
                .formatted(norm, step, images, losses.content(), losses.style(), losses.total());
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
