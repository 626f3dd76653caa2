package io.github.djlnorm.parity.report;

import io.github.djlnorm.parity.verdict.Cell;
import io.github.djlnorm.parity.verdict.Judge;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The report's pictures. */
public final class Charts {

    // As exact as PyTorch or more, within the slack, failing.
    private static final Color[] COLORS = {
        new Color(0x2c7a51), new Color(0xe9e3b4), new Color(0xb8322a)
    };

    private Charts() {}

    public static void writeHeatMap(ParityReport report, Path file) throws IOException {
        Summary summary = new Summary(report);
        List<String> rows = summary.heatRows();
        List<String> columns = summary.heatColumns();
        Map<String, Map<String, Double>> heat = summary.heat();
        HeatMapChart chart =
                new HeatMapChartBuilder()
                        .width(1200)
                        .height(180 + 45 * rows.size())
                        .title(
                                "Error beyond PyTorch's own, in ULP (passes up to %.0f)"
                                        .formatted(Judge.SLACK))
                        .build();
        chart.getStyler().setRangeColors(COLORS);
        chart.getStyler().setMin(-Judge.SLACK);
        chart.getStyler().setMax(2 * Judge.SLACK);
        chart.getStyler().setShowValue(true);
        chart.getStyler().setHeatMapValueDecimalPattern("0.0");
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLabelRotation(45);
        chart.addSeries("excess", columns, rows, squares(rows, columns, heat));
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }

    private static List<Number[]> squares(
            List<String> rows, List<String> columns, Map<String, Map<String, Double>> heat) {
        List<Number[]> squares = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            for (int row = 0; row < rows.size(); row++) {
                Double excess = heat.get(rows.get(row)).get(columns.get(column));
                if (excess != null) {
                    double shown = Math.max(-99, Math.min(99, excess));
                    squares.add(new Number[] {column, row, shown});
                }
            }
        }
        return squares;
    }

    /** The histogram as PNG. */
    static byte[] histogram(ParityReport report) throws IOException {
        Summary summary = new Summary(report);
        CategoryChart chart =
                new CategoryChartBuilder()
                        .width(900)
                        .height(420)
                        .title("Error against float64")
                        .xAxisTitle("ULP")
                        .yAxisTitle("cells")
                        .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        chart.getStyler().setAvailableSpaceFill(0.8);
        chart.addSeries("djl-norm", Summary.bins(), boxed(summary.histogram(Cell::ourUlp)));
        chart.addSeries("PyTorch", Summary.bins(), boxed(summary.histogram(Cell::theirUlp)));
        return BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
    }

    private static List<Integer> boxed(int[] counts) {
        return Arrays.stream(counts).boxed().toList();
    }
}
