package io.github.djlnorm.samples.studies.lighting;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.plot.CurveStyle;
import io.github.djlnorm.samples.plot.Figure;
import io.github.djlnorm.samples.plot.Spread;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of a lighting study: the accuracy in both tasks, and what the images look like. */
final class LightingFigure {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 420;
    private static final int EXAMPLES = 2;
    private static final int SIDE = 60;
    private static final int CELL = 66;
    private static final int HEADER = 22;

    private LightingFigure() {}

    /** Draws the figure, with some of the given images as examples. */
    static BufferedImage draw(
            LightingSummary summary, NDArray images, Preprocessing preprocessing) {
        List<String> veils = LightingStudy.VEILS.stream().map(LightingSummary::veilName).toList();
        List<Lighting> veiled = LightingStudy.VEILS.stream().map(Lighting::veil).toList();
        List<String> levels =
                IntStream.rangeClosed(1, LightingStudy.LEVELS.size())
                        .mapToObj(level -> "level " + level)
                        .toList();
        return Figure.beside(
                List.of(
                        Figure.below(
                                List.of(
                                        Figure.of(veilChart(summary)),
                                        strip(veiled, veils, images, preprocessing))),
                        Figure.below(
                                List.of(
                                        Figure.of(levelChart(summary)),
                                        strip(
                                                LightingStudy.LEVELS,
                                                levels,
                                                images,
                                                preprocessing)))));
    }

    private static XYChart veilChart(LightingSummary summary) {
        XYChart chart =
                chart(
                        "What does the image show? Trained on images as they are",
                        "share of black or white over the test images");
        chart.getStyler().setXAxisMin(-1.0).setXAxisMax(1.0);
        chart.getStyler().setxAxisTickLabelsFormattingFunction(LightingSummary::veilName);
        summary.norms().forEach(norm -> add(chart, norm, summary.byVeil(norm)));
        return chart;
    }

    private static XYChart levelChart(LightingSummary summary) {
        XYChart chart = chart("How bright is the image? The level is the label", "epoch");
        chart.getStyler().setXAxisDecimalPattern("0");
        summary.norms().forEach(norm -> add(chart, norm, summary.byEpoch(norm)));
        int epochs = summary.results().get(0).byEpoch().size();
        double chance = 100 * LightingStudy.CHANCE;
        chart.addSeries("by chance", new double[] {1, epochs}, new double[] {chance, chance})
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(Color.GRAY);
        return chart;
    }

    private static XYChart chart(String title, String xAxis) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(xAxis)
                        .yAxisTitle("test accuracy (%)")
                        .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
        chart.getStyler().setMarkerSize(6);
        chart.getStyler().setErrorBarsColorSeriesColor(true);
        return chart;
    }

    private static void add(
            XYChart chart, Norm norm, SortedMap<? extends Number, Spread> accuracies) {
        XYSeries series =
                chart.addSeries(
                        norm.toString(),
                        List.copyOf(accuracies.keySet()),
                        percent(accuracies, Spread::mean),
                        percent(accuracies, Spread::deviation));
        Color color = CurveStyle.color(norm);
        series.setMarkerColor(color);
        series.setLineColor(color).setLineWidth(2);
    }

    private static List<Double> percent(
            SortedMap<?, Spread> accuracies, Function<Spread, Double> value) {
        return accuracies.values().stream().map(spread -> 100 * value.apply(spread)).toList();
    }

    /** A row of changes for each example. */
    private static BufferedImage strip(
            List<Lighting> changes,
            List<String> names,
            NDArray images,
            Preprocessing preprocessing) {
        BufferedImage strip = Figure.blank(WIDTH, HEADER + EXAMPLES * CELL);
        Graphics2D graphics = strip.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        graphics.setColor(Color.DARK_GRAY);
        int left = (WIDTH - changes.size() * CELL) / 2;
        for (int column = 0; column < changes.size(); column++) {
            int x = left + column * CELL;
            String name = names.get(column);
            int textWidth = graphics.getFontMetrics().stringWidth(name);
            graphics.drawString(name, x + (SIDE - textWidth) / 2, HEADER - 7);
            for (int row = 0; row < EXAMPLES; row++) {
                long index = (2 * row + 1) * images.size(0) / (2 * EXAMPLES);
                BufferedImage image = picture(images, index, preprocessing, changes.get(column));
                graphics.drawImage(image, x, HEADER + row * CELL, SIDE, SIDE, null);
            }
        }
        graphics.dispose();
        return strip;
    }

    private static BufferedImage picture(
            NDArray images, long index, Preprocessing preprocessing, Lighting change) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray pixels = preprocessing.pixels(images.get(index).expandDims(0)).squeeze(0);
            // The picture takes whole numbers, and cuts off what follows the point.
            NDArray values = change.apply(pixels).mul(255).round();
            Image picture = ImageFactory.getInstance().fromNDArray(values);
            return (BufferedImage) picture.getWrappedImage();
        }
    }
}
