package io.github.djlnorm.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The ratios with their spread, a line for each, on a logarithmic scale, where half and double look
 * alike.
 */
final class RatioChart {

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Color SPREAD = new Color(0x8a8a8a);
    private static final Color MEDIAN = new Color(0x2c7a51);
    private static final Color TARGET = new Color(0xb8322a);
    private static final int LINE_HEIGHT = 18;
    private static final int AROUND = 150;

    private RatioChart() {}

    static void write(List<Result> results, String machine, Path file) throws IOException {
        XYChart chart =
                new XYChartBuilder()
                        .width(1200)
                        .height(AROUND + LINE_HEIGHT * results.size())
                        .title("Time or memory, ours / other")
                        .xAxisTitle(machine.split(";", 2)[0])
                        .build();
        style(chart.getStyler(), results);
        add(chart, results, "lowest", Result::lowest, SPREAD, SeriesMarkers.TRIANGLE_UP);
        add(chart, results, "highest", Result::highest, SPREAD, SeriesMarkers.TRIANGLE_DOWN);
        add(chart, results, "median", Result::median, MEDIAN, SeriesMarkers.CIRCLE);
        if (results.stream().anyMatch(result -> result.row().target().isPresent())) {
            add(chart, results, "target", RatioChart::target, TARGET, SeriesMarkers.RECTANGLE);
        }
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static void style(XYStyler styler, List<Result> results) {
        styler.setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        styler.setMarkerSize(7);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setAxisTitleFont(FONT);
        styler.setAxisTickLabelsFont(FONT);
        styler.setLegendPosition(LegendPosition.OutsideS);
        styler.setLegendLayout(LegendLayout.Horizontal);
        // XChart would tell decades only on an axis that it knows to be logarithmic.
        styler.setxAxisTickLabelsFormattingFunction(
                x -> String.format(Locale.ROOT, "%.2f", Math.pow(2, x)));
        styler.setXAxisTickMarkSpacingHint(120);
        styler.setYAxisMin(-0.5);
        styler.setYAxisMax(results.size() - 0.5);
        styler.setYAxisTickMarkSpacingHint(LINE_HEIGHT - 2); // a little less, so that all are told
        styler.setyAxisTickLabelsFormattingFunction(
                y -> label(results, results.size() - 1 - (int) Math.round(y)));
    }

    private static double target(Result result) {
        return result.row().target().orElse(Double.NaN); // where nothing is drawn
    }

    /** The first result is at the top. */
    private static void add(
            XYChart chart,
            List<Result> results,
            String name,
            ToDoubleFunction<Result> ratio,
            Color color,
            Marker marker) {
        double[] logarithms =
                results.stream()
                        .mapToDouble(ratio)
                        .map(value -> Math.log(value) / Math.log(2))
                        .toArray();
        double[] lines =
                IntStream.range(0, results.size())
                        .mapToDouble(i -> results.size() - 1 - i)
                        .toArray();
        chart.addSeries(name, logarithms, lines).setMarker(marker).setMarkerColor(color);
    }

    private static String label(List<Result> results, int index) {
        if (index < 0 || index >= results.size()) {
            return " ".repeat(2 + Math.floorMod(index, 100)); // XChart wants all to differ
        }
        Row row = results.get(index).row();
        return row.comparison().label() + ", " + row.input();
    }
}
