package io.github.djlnorm.samples.studies.batchsize;

import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.plot.CurveStyle;
import io.github.djlnorm.samples.plot.Figure;
import io.github.djlnorm.samples.plot.Spread;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;

/** A picture of test error by batch size, with the spread over seeds, of one or more studies. */
final class BatchSizeFigure {

    /** The file in a folder. */
    static final String FILE = "error-by-batch-size.png";

    private static final int WIDTH = 640;
    private static final int HEIGHT = 460;
    private static final double STEP = 5;

    private final List<BatchSizeReport> studies;
    private final List<Norm> norms;

    private BatchSizeFigure(List<BatchSizeReport> studies) {
        this.studies = studies;
        norms =
                studies.stream()
                        .flatMap(study -> study.summary().errors().keySet().stream())
                        .distinct()
                        .toList();
    }

    /** Draws studies side by side, with the same error axis and the same color for a norm. */
    static BufferedImage draw(List<BatchSizeReport> studies) {
        BatchSizeFigure figure = new BatchSizeFigure(studies);
        return Figure.beside(studies.stream().map(figure::draw).toList());
    }

    private BufferedImage draw(BatchSizeReport study) {
        StudySetting setting = study.setting();
        IntSummaryStatistics values =
                study.summary().batchSizes().stream()
                        .mapToInt(size -> Math.toIntExact(study.summary().valuesPerChannel(size)))
                        .summaryStatistics();
        String title =
                "%s: %d to %d values per channel"
                        .formatted(setting.images(), values.getMax(), values.getMin());
        return Figure.below(
                List.of(
                        Figure.heading(WIDTH, title, setting.training()),
                        Figure.of(chart(study.summary()))));
    }

    private XYChart chart(BatchSizeSummary summary) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .xAxisTitle("batch size (values per channel at the smallest feature map)")
                        .yAxisTitle("test error (%)")
                        .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal);
        chart.getStyler().setChartBackgroundColor(Color.WHITE).setMarkerSize(7);
        chart.getStyler().setErrorBarsColorSeriesColor(true);
        chart.getStyler().setYAxisMin(lowest()).setYAxisMax(highest());
        // Each halving takes one step to the right, as in the paper's figure.
        chart.getStyler()
                .setxAxisTickLabelsFormattingFunction(minusLog -> label(summary, minusLog));
        chart.getStyler().setXAxisMaxLabelCount(12);
        summary.errors().forEach((norm, bySize) -> add(chart, norm, bySize));
        return chart;
    }

    private double lowest() {
        double least = errors(s -> s.mean() - s.deviation()).min().orElseThrow();
        return STEP * Math.floor(100 * least / STEP);
    }

    private double highest() {
        double greatest = errors(s -> s.mean() + s.deviation()).max().orElseThrow();
        return STEP * Math.ceil(100 * greatest / STEP);
    }

    private DoubleStream errors(ToDoubleFunction<Spread> value) {
        return studies.stream()
                .flatMap(study -> study.summary().errors().values().stream())
                .flatMap(bySize -> bySize.values().stream())
                .mapToDouble(value);
    }

    private void add(XYChart chart, Norm norm, Map<Integer, Spread> bySize) {
        List<Integer> sizes = bySize.keySet().stream().sorted().toList();
        int index = norms.indexOf(norm);
        Color color = CurveStyle.color(norm);
        Marker[] markers = chart.getStyler().getSeriesMarkers();
        XYSeries series =
                chart.addSeries(
                        norm.toString(),
                        sizes.stream().map(size -> -Math.log(size) / Math.log(2)).toList(),
                        sizes.stream().map(size -> 100 * bySize.get(size).mean()).toList(),
                        sizes.stream().map(size -> 100 * bySize.get(size).deviation()).toList());
        series.setMarker(markers[index % markers.length]).setMarkerColor(color);
        series.setLineColor(color).setLineWidth(2);
    }

    private static String label(BatchSizeSummary summary, double minusLog) {
        if (Math.abs(minusLog - Math.rint(minusLog)) > 1e-9) {
            return "";
        }
        int size = (int) Math.round(Math.pow(2, -minusLog));
        return size + " (" + summary.valuesPerChannel(size) + ")";
    }
}
