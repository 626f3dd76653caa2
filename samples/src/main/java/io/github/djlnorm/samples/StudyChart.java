package io.github.djlnorm.samples;

import io.github.djlnorm.samples.StudySummary.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;

/** A picture of test error by batch size, with the spread over seeds. */
final class StudyChart {

    private StudyChart() {}

    /** Writes a PNG file. */
    static void write(Path file, String title, StudySummary summary) throws IOException {
        XYChart chart =
                new XYChartBuilder()
                        .width(800)
                        .height(560)
                        .title(title)
                        .xAxisTitle("batch size")
                        .yAxisTitle("test error (%)")
                        .build();
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setMarkerSize(7);
        chart.getStyler().setErrorBarsColorSeriesColor(true);
        // Each halving takes one step to the right, as in the paper's figure.
        chart.getStyler().setxAxisTickLabelsFormattingFunction(StudyChart::batchSize);
        chart.getStyler().setXAxisMaxLabelCount(12);
        summary.errors().forEach((norm, bySize) -> add(chart, norm.toString(), bySize));
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static void add(XYChart chart, String name, Map<Integer, Spread> bySize) {
        List<Integer> sizes = bySize.keySet().stream().sorted().toList();
        XYSeries series =
                chart.addSeries(
                        name,
                        sizes.stream().map(size -> -Math.log(size) / Math.log(2)).toList(),
                        sizes.stream().map(size -> 100 * bySize.get(size).mean()).toList(),
                        sizes.stream().map(size -> 100 * bySize.get(size).deviation()).toList());
        series.setLineWidth(2);
    }

    private static String batchSize(double minusLog) {
        return Math.abs(minusLog - Math.rint(minusLog)) < 1e-9
                ? Long.toString(Math.round(Math.pow(2, -minusLog)))
                : "";
    }
}
