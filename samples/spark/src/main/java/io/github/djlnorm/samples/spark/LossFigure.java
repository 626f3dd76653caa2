package io.github.djlnorm.samples.spark;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.Figure;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of losses by step: a chart for each norm, a curve for each number of partitions. */
final class LossFigure {

    private static final int WIDTH = 560;
    private static final int HEIGHT = 420;
    private static final List<Color> COLORS =
            List.of(Color.LIGHT_GRAY, new Color(0x2b6cb0), new Color(0xc0392b));

    private LossFigure() {}

    static BufferedImage draw(List<LossCurve> curves) {
        DoubleSummaryStatistics range =
                curves.stream()
                        .flatMap(curve -> curve.losses().stream())
                        .mapToDouble(Double::doubleValue)
                        .summaryStatistics();
        List<BufferedImage> charts = new ArrayList<>();
        for (Norm norm : curves.stream().map(LossCurve::norm).distinct().toList()) {
            charts.add(
                    chart(
                            norm,
                            curves.stream().filter(c -> c.norm().equals(norm)).toList(),
                            range));
        }
        return Figure.beside(charts);
    }

    /**
     * Curves that coincide are seen as one line inside the other, that of one partition outside.
     */
    private static BufferedImage chart(
            Norm norm, List<LossCurve> curves, DoubleSummaryStatistics range) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title("Training loss with " + norm)
                        .xAxisTitle("step")
                        .yAxisTitle("loss of the batch")
                        .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
        chart.getStyler().setYAxisMin(range.getMin()).setYAxisMax(range.getMax());
        for (int i = 0; i < curves.size(); i++) {
            List<Double> losses = curves.get(i).losses();
            int partitions = curves.get(i).partitions();
            chart.addSeries(
                            partitions == 1 ? "1 partition" : partitions + " partitions",
                            IntStream.rangeClosed(1, losses.size()).boxed().toList(),
                            losses)
                    .setMarker(SeriesMarkers.NONE)
                    .setLineColor(COLORS.get(i % COLORS.size()))
                    .setLineStyle(new BasicStroke(2f * (curves.size() - i)));
        }
        return Figure.of(chart);
    }
}
