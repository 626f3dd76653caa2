package io.github.djlnorm.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The ratios with their spread, on a logarithmic scale, where half and double look alike. */
final class RatioChart {

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final Color SPREAD = new Color(0x8a8a8a);
    private static final Color MEDIAN = new Color(0x2c7a51);
    private static final Color TARGET = new Color(0xb8322a);

    private RatioChart() {}

    static void write(List<Result> results, String machine, Path file) throws IOException {
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(Math.max(1400, 400 + 26 * results.size()))
                        .height(1100)
                        .title("Time or memory, ours / other; " + machine)
                        .yAxisTitle("ratio")
                        .build();
        chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setOverlapped(true); // or a row's marks would stand side by side
        chart.getStyler().setChartTitleFont(FONT);
        chart.getStyler().setAxisTickLabelsFont(FONT);
        chart.getStyler().setXAxisLabelRotation(90);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setYAxisDecimalPattern("0.##");
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        add(chart, results, "lowest", Result::lowest, SPREAD, SeriesMarkers.TRIANGLE_UP);
        add(chart, results, "highest", Result::highest, SPREAD, SeriesMarkers.TRIANGLE_DOWN);
        add(chart, results, "median", Result::median, MEDIAN, SeriesMarkers.CIRCLE);
        if (results.stream().anyMatch(result -> result.row().target().isPresent())) {
            add(chart, results, "target", RatioChart::target, TARGET, SeriesMarkers.RECTANGLE);
        }
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static Double target(Result result) {
        return result.row().target().isPresent() ? result.row().target().getAsDouble() : null;
    }

    private static void add(
            CategoryChart chart,
            List<Result> results,
            String name,
            Function<Result, Double> value,
            Color color,
            Marker marker) {
        List<String> labels = results.stream().map(RatioChart::label).toList();
        // A list that may hold nulls, which are where nothing is drawn.
        List<Double> values = new ArrayList<>();
        results.forEach(result -> values.add(value.apply(result)));
        chart.addSeries(name, labels, values).setMarker(marker).setMarkerColor(color);
    }

    private static String label(Result result) {
        return result.row().comparison().label() + ", " + result.row().input();
    }
}
