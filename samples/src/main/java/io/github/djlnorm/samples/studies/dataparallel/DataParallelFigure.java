package io.github.djlnorm.samples.studies.dataparallel;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.CurveStyle;
import io.github.djlnorm.samples.plot.Figure;
import io.github.djlnorm.samples.plot.Spread;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.SortedMap;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** A picture of how far splitting a batch moves its gradient, by norm. */
final class DataParallelFigure {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 460;

    private DataParallelFigure() {}

    static BufferedImage draw(DataParallelSummary summary) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title("How far splitting a batch moves its gradient")
                        .xAxisTitle("parts of a batch of " + DataParallelCommand.BATCH)
                        .yAxisTitle("relative difference")
                        .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(1e-8).setYAxisMax(10.0);
        chart.getStyler()
                .setxAxisTickLabelsFormattingFunction(DataParallelFigure::parts)
                .setXAxisMaxLabelCount(8);
        for (Norm norm : summary.norms()) {
            SortedMap<Integer, Spread> split =
                    summary.byParts(norm, DataParallelResult::gradient).tailMap(2);
            Color color = CurveStyle.color(norm);
            chart.addSeries(
                            norm.toString(),
                            split.keySet().stream().map(DataParallelFigure::log2).toList(),
                            split.values().stream().map(Spread::mean).toList())
                    .setMarkerColor(color)
                    .setLineColor(color)
                    .setLineWidth(2);
        }
        return Figure.of(chart);
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
