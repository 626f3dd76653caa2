package io.github.djlnorm.samples.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import org.knowm.xchart.style.colors.XChartSeriesColors;

/** How the curves of several trainings are told apart. */
public final class CurveStyle {

    private static final Color[] COLORS = {
        XChartSeriesColors.BLUE, XChartSeriesColors.ORANGE, XChartSeriesColors.GREEN,
        XChartSeriesColors.RED, XChartSeriesColors.PURPLE, XChartSeriesColors.BROWN
    };
    public static final BasicStroke SOLID = new BasicStroke(2);
    public static final BasicStroke DASHED =
            new BasicStroke(
                    2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {5, 5}, 0);

    private CurveStyle() {}

    /** The color of a training in all its curves. */
    public static Color color(int index) {
        return COLORS[index % COLORS.length];
    }
}
