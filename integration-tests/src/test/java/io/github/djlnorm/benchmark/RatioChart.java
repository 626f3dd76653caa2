package io.github.djlnorm.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
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
    private static final int LINE_HEIGHT = 20;

    private RatioChart() {}

    static void write(List<Result> results, String machine, Path file) throws IOException {
        int last = results.size() - 1;
        XYChart chart =
                new XYChartBuilder()
                        .width(1100)
                        .height(140 + LINE_HEIGHT * (results.size() + 1))
                        .title("Time or memory, ours / other; " + machine)
                        .xAxisTitle("ratio")
                        .build();
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setChartTitleFont(FONT);
        chart.getStyler().setAxisTickLabelsFont(FONT);
        chart.getStyler().setMarkerSize(8);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setXAxisDecimalPattern("0.##");
        chart.getStyler().setYAxisMin(-1.0);
        chart.getStyler().setYAxisMax(last + 1.0);
        chart.getStyler().setYAxisTickMarkSpacingHint(LINE_HEIGHT);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
        chart.setCustomYAxisTickLabelsFormatter(y -> label(results, last - (int) Math.round(y)));
        add(chart, results, "lowest", Result::lowest, SPREAD, SeriesMarkers.TRIANGLE_UP);
        add(chart, results, "highest", Result::highest, SPREAD, SeriesMarkers.TRIANGLE_DOWN);
        add(chart, results, "median", Result::median, MEDIAN, SeriesMarkers.CIRCLE);
        List<Result> aimed = results.stream().filter(r -> r.row().target().isPresent()).toList();
        if (!aimed.isEmpty()) {
            add(chart, results, "target", RatioChart::target, TARGET, SeriesMarkers.RECTANGLE);
        }
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static double target(Result result) {
        return result.row().target().orElse(Double.NaN); // where nothing is drawn
    }

    /** The first result is at the top. */
    private static void add(
            XYChart chart,
            List<Result> results,
            String name,
            ToDoubleFunction<Result> value,
            Color color,
            Marker marker) {
        double[] ratios = results.stream().mapToDouble(value).toArray();
        double[] lines =
                IntStream.range(0, ratios.length).mapToDouble(i -> ratios.length - 1 - i).toArray();
        chart.addSeries(name, ratios, lines).setMarker(marker).setMarkerColor(color);
    }

    private static String label(List<Result> results, int index) {
        if (index < 0 || index >= results.size()) {
            return "";
        }
        Row row = results.get(index).row();
        return row.comparison().label() + ", " + row.input();
    }
}
