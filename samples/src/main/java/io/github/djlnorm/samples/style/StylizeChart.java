package io.github.djlnorm.samples.style;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.CurveStyle;
import io.github.djlnorm.samples.plot.Figure;
import io.github.djlnorm.samples.style.LossReport.Losses;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of the losses of several generators: the weighted sum, its style and its content. */
final class StylizeChart {

    private static final int PALE = 110;

    private StylizeChart() {}

    /**
     * Draws the mean curves of each norm, with thin ones for its single seeds if it has several.
     */
    static BufferedImage draw(StylizeSummary summary) {
        return Figure.beside(
                List.of(
                        Figure.of(chart("Loss", summary, Losses::total)),
                        Figure.of(chart("Style, unweighted", summary, Losses::style)),
                        Figure.of(chart("Content, unweighted", summary, Losses::content))));
    }

    private static XYChart chart(
            String title, StylizeSummary summary, ToDoubleFunction<Losses> value) {
        XYChart chart =
                new XYChartBuilder()
                        .width(480)
                        .height(400)
                        .title(title)
                        .xAxisTitle("training step")
                        .build();
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisMin(0.0).setXAxisDecimalPattern("0");
        for (Norm norm : summary.norms()) {
            Color color = CurveStyle.color(norm);
            Map<Integer, List<LossReport>> bySeed = summary.bySeed(norm);
            if (bySeed.size() > 1) {
                bySeed.forEach((seed, curve) -> addSeed(chart, norm, seed, curve, value, color));
            }
            add(chart, norm + ", training", summary.mean(norm), r -> value.applyAsDouble(r.train()))
                    .setLineColor(color)
                    .setLineStyle(CurveStyle.DASHED);
            add(chart, norm + ", test", summary.mean(norm), r -> value.applyAsDouble(r.test()))
                    .setLineColor(color)
                    .setLineStyle(CurveStyle.SOLID);
        }
        return chart;
    }

    private static void addSeed(
            XYChart chart,
            Norm norm,
            int seed,
            List<LossReport> curve,
            ToDoubleFunction<Losses> value,
            Color color) {
        Color pale = new Color(color.getRed(), color.getGreen(), color.getBlue(), PALE);
        String name = "%s, test, seed %d".formatted(norm, seed);
        add(chart, name, curve, r -> value.applyAsDouble(r.test()))
                .setLineColor(pale)
                .setLineStyle(new BasicStroke(1))
                .setShowInLegend(false);
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
