package io.github.djlnorm.samples;

import io.github.djlnorm.samples.LossReport.Losses;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of the losses of several generators: the weighted sum, its style and its content. */
final class StylizeChart {

    private StylizeChart() {}

    /** Writes a PNG file with the curves of one or more trainings, by name. */
    static void write(Path file, Map<String, List<LossReport>> trainings) throws IOException {
        BitmapEncoder.saveBitmap(
                List.of(
                        chart("Loss", trainings, Losses::total),
                        chart("Style, unweighted", trainings, Losses::style),
                        chart("Content, unweighted", trainings, Losses::content)),
                1,
                3,
                file.toString(),
                BitmapFormat.PNG);
    }

    private static XYChart chart(
            String title, Map<String, List<LossReport>> trainings, ToDoubleFunction<Losses> value) {
        XYChart chart =
                new XYChartBuilder()
                        .width(480)
                        .height(400)
                        .title(title)
                        .xAxisTitle("training step")
                        .build();
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        chart.getStyler().setYAxisMin(0.0).setXAxisDecimalPattern("0");
        int index = 0;
        for (Map.Entry<String, List<LossReport>> training : trainings.entrySet()) {
            Color color = CurvesChart.color(index++);
            List<LossReport> reports = training.getValue();
            String name = training.getKey();
            add(chart, name + ", training", reports, r -> value.applyAsDouble(r.train()))
                    .setLineColor(color)
                    .setLineStyle(CurvesChart.DASHED);
            add(chart, name + ", test", reports, r -> value.applyAsDouble(r.test()))
                    .setLineColor(color)
                    .setLineStyle(CurvesChart.SOLID);
        }
        return chart;
    }

    private static XYSeries add(
            XYChart chart,
            String name,
            List<LossReport> reports,
            ToDoubleFunction<LossReport> value) {
        XYSeries series =
                chart.addSeries(
                        name,
                        reports.stream().mapToDouble(LossReport::step).toArray(),
                        reports.stream().mapToDouble(value).toArray());
        series.setMarker(SeriesMarkers.NONE);
        return series;
    }
}
