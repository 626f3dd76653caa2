package io.github.djlnorm.samples.plot;

import io.github.djlnorm.Norm;
import java.awt.BasicStroke;
import java.awt.Color;
import org.knowm.xchart.style.colors.XChartSeriesColors;

/** How curves are told apart: a norm has its color in all pictures. */
public final class CurveStyle {

    public static final BasicStroke SOLID = new BasicStroke(2);
    public static final BasicStroke DASHED =
            new BasicStroke(
                    2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {5, 5}, 0);

    private CurveStyle() {}

    /** The color of a norm in all its curves; of its groups only whether they are one counts. */
    public static Color color(Norm norm) {
        return switch (norm.kind()) {
            case BATCH -> XChartSeriesColors.BLUE;
            case SYNC_BATCH -> XChartSeriesColors.CYAN;
            case FROZEN_BATCH -> XChartSeriesColors.BLACK;
            case GROUP, GROUP_EXACT, GROUP_CHANNELS ->
                    norm.equals(Norm.group(1))
                            ? XChartSeriesColors.GREEN
                            : XChartSeriesColors.ORANGE;
            case INSTANCE -> XChartSeriesColors.PURPLE;
            case LAYER, RMS -> XChartSeriesColors.BROWN;
            case NONE -> XChartSeriesColors.RED;
        };
    }
}
