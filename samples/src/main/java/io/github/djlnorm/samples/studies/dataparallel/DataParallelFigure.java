package io.github.djlnorm.samples.studies.dataparallel;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.Figure;
import io.github.djlnorm.samples.plot.Spread;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of what splitting a batch changes: in the gradient, and in the loss for each norm. */
final class DataParallelFigure {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 420;
    private static final int POINTS = 12;

    private DataParallelFigure() {}

    /** Draws the figure, two charts in a row. No norm is a yardstick only, and has no curves. */
    static BufferedImage draw(DataParallelSummary summary) {
        List<BufferedImage> charts = new ArrayList<>();
        charts.add(
                differences(
                        "How far splitting moves the first gradient",
                        summary,
                        DataParallelResult::gradient));
        charts.add(
                differences(
                        "How far splitting moves the trained parameters",
                        summary,
                        DataParallelResult::parameters));
        summary.norms().stream()
                .filter(norm -> !norm.equals(Norm.none()))
                .forEach(norm -> charts.add(losses(summary, norm)));
        List<BufferedImage> rows = new ArrayList<>();
        for (int i = 0; i < charts.size(); i += 2) {
            rows.add(Figure.beside(charts.subList(i, Math.min(charts.size(), i + 2))));
        }
        return Figure.below(rows);
    }

    private static BufferedImage differences(
            String title,
            DataParallelSummary summary,
            ToDoubleFunction<DataParallelResult> difference) {
        XYChart chart =
                chart(
                        title,
                        "parts of a batch of " + DataParallelCommand.BATCH,
                        "relative difference");
        chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(1e-8).setYAxisMax(10.0);
        chart.getStyler()
                .setxAxisTickLabelsFormattingFunction(DataParallelFigure::parts)
                .setXAxisMaxLabelCount(8);
        for (Norm norm : summary.norms()) {
            SortedMap<Integer, Spread> split = summary.byParts(norm, difference).tailMap(2);
            chart.addSeries(
                    norm.toString(),
                    split.keySet().stream().map(DataParallelFigure::log2).toList(),
                    split.values().stream().map(Spread::mean).toList());
        }
        return Figure.of(chart);
    }

    /** Curves that coincide are seen as one line inside the other, the unsplit one outside. */
    private static BufferedImage losses(DataParallelSummary summary, Norm norm) {
        XYChart chart = chart("Training loss with " + norm, "step", "loss");
        List<Integer> parts =
                List.copyOf(summary.byParts(norm, DataParallelResult::gradient).keySet());
        int window = Math.max(1, summary.results().get(0).losses().size() / POINTS);
        for (int i = 0; i < parts.size(); i++) {
            List<Double> losses = summary.losses(norm, parts.get(i), window);
            List<Integer> steps =
                    IntStream.rangeClosed(1, losses.size()).mapToObj(n -> n * window).toList();
            String name = parts.get(i) == 1 ? "whole" : parts.get(i) + " parts";
            chart.addSeries(name, steps, losses)
                    .setMarker(SeriesMarkers.NONE)
                    .setLineStyle(new BasicStroke(1.5f * (parts.size() - i) - 0.5f))
                    .setLineColor(shade(i, parts.size()));
        }
        return Figure.of(chart);
    }

    /** From light gray for the whole batch over blue to red for the smallest parts. */
    private static Color shade(int index, int count) {
        if (index == 0) {
            return Color.LIGHT_GRAY;
        }
        float hue = 0.6f * (count - 1 - index) / Math.max(1, count - 2);
        return Color.getHSBColor(hue, 0.85f, 0.85f);
    }

    private static XYChart chart(String title, String xAxis, String yAxis) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(xAxis)
                        .yAxisTitle(yAxis)
                        .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        return chart;
    }

    private static double log2(int parts) {
        return Math.log(parts) / Math.log(2);
    }

    private static String parts(double log2) {
        return Math.abs(log2 - Math.rint(log2)) < 1e-9
                ? Long.toString(Math.round(Math.pow(2, log2)))
                : "";
    }
}
