package io.github.djlnorm.samples.classification;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.plot.CurveStyle;
import io.github.djlnorm.samples.plot.Figure;
import java.awt.BasicStroke;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;

/** A picture of training curves: loss on the left, accuracy on the right. */
final class CurvesChart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;

    private CurvesChart() {}

    /** Writes a PNG file with the curves of one or more trainings, by norm. */
    static void write(Path file, String title, Map<Norm, List<EpochReport>> trainings) {
        XYChart loss =
                chart("Loss, " + title, trainings, EpochReport::trainLoss, EpochReport::testLoss);
        loss.getStyler().setLegendPosition(LegendPosition.InsideNE);
        XYChart accuracy =
                chart(
                        "Accuracy, " + title,
                        trainings,
                        EpochReport::trainAccuracy,
                        EpochReport::testAccuracy);
        accuracy.getStyler().setLegendPosition(LegendPosition.InsideSE);
        ImageFiles.write(file, Figure.beside(List.of(Figure.of(loss), Figure.of(accuracy))));
    }

    private static XYChart chart(
            String title,
            Map<Norm, List<EpochReport>> trainings,
            ToDoubleFunction<EpochReport> train,
            ToDoubleFunction<EpochReport> test) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle("epoch")
                        .build();
        chart.getStyler().setXAxisDecimalPattern("0").setMarkerSize(5);
        trainings.forEach(
                (norm, reports) -> {
                    Color color = CurveStyle.color(norm);
                    add(chart, norm + ", training", reports, train, color, CurveStyle.DASHED);
                    add(chart, norm + ", test", reports, test, color, CurveStyle.SOLID);
                });
        return chart;
    }

    private static void add(
            XYChart chart,
            String name,
            List<EpochReport> reports,
            ToDoubleFunction<EpochReport> value,
            Color color,
            BasicStroke stroke) {
        XYSeries series =
                chart.addSeries(
                        name,
                        reports.stream().mapToDouble(EpochReport::epoch).toArray(),
                        reports.stream().mapToDouble(value).toArray());
        series.setMarkerColor(color);
        series.setLineColor(color).setLineStyle(stroke);
    }
}
