package io.github.djlnorm.benchmark;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * The ratios as horizontal bars in the color of the other's family, with a line where both are
 * equal, the spread as a thin line and the target as a mark.
 */
final class RatioChart {

    private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 20);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private static final Font FIGURE = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    private static final Color INK = new Color(0x222222);
    private static final Color FAINT = new Color(0x777777);
    private static final Color GRID = new Color(0xe4e4e4);
    private static final int WIDTH = 1200;
    private static final int LEFT = 380;
    private static final int RIGHT = 100;
    private static final int TOP = 110;
    private static final int BOTTOM = 50;
    private static final int LINE = 38;
    private static final int BAR = 20;

    private final List<Result> results;
    private final double most;
    private final int bottom;
    private final Graphics2D g;

    private RatioChart(List<Result> results, Graphics2D g) {
        this.results = results;
        this.g = g;
        bottom = TOP + LINE * results.size();
        most = Math.ceil(results.stream().mapToDouble(RatioChart::end).max().orElse(1) * 4) / 4;
    }

    static void write(List<Result> results, String machine, Path file) throws IOException {
        int height = TOP + LINE * results.size() + BOTTOM;
        BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(
                    RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, WIDTH, height);
            new RatioChart(results, g).draw(machine.split(";", 2)[0]);
        } finally {
            g.dispose();
        }
        ImageIO.write(image, "png", file.toFile());
    }

    /** How far to the right something is drawn for a result. */
    private static double end(Result result) {
        double target = result.row().target().map(Target::limit).orElse(0.0);
        return Math.max(1, Math.max(result.highest(), target));
    }

    private void draw(String machine) {
        text(
                TITLE,
                INK,
                "djl-norm's time or memory as a part of the other's: shorter is better",
                20,
                32);
        legend();
        grid();
        for (int i = 0; i < results.size(); i++) {
            bar(results.get(i), TOP + LINE * i + LINE / 2);
        }
        equality();
        text(TEXT, FAINT, machine, 20, bottom + 40);
    }

    private void legend() {
        int x = text(TEXT, INK, "The other is", 20, 64) + 12;
        for (Family family : families()) {
            g.setColor(family.color());
            g.fillRect(x, 51, 14, 14);
            x = text(TEXT, INK, family.label(), x + 20, 64) + 24;
        }
        g.setColor(INK);
        g.fillRect(x, 48, 3, 20);
        x = text(TEXT, INK, "target", x + 9, 64) + 20;
        spread(x, x + 24, 58);
        text(TEXT, INK, "rounds", x + 32, 64);
    }

    private List<Family> families() {
        return results.stream().map(RatioChart::family).distinct().sorted().toList();
    }

    private static Family family(Result result) {
        return result.row().other().contestant().family();
    }

    private void grid() {
        double step = most > 3 ? 1 : most > 1.5 ? 0.5 : 0.25;
        for (double ratio = 0; ratio <= most + 1e-9; ratio += step) {
            g.setColor(GRID);
            g.drawLine(x(ratio), TOP, x(ratio), bottom);
            centered(FAINT, String.format(Locale.ROOT, step < 0.5 ? "%.2f" : "%.1f", ratio), ratio);
        }
    }

    private void equality() {
        g.setColor(INK);
        g.setStroke(new BasicStroke(2, BasicStroke.CAP_BUTT, 0, 10, new float[] {6, 4}, 0));
        g.drawLine(x(1), TOP, x(1), bottom);
        g.setStroke(new BasicStroke(1));
        String equal = "equal";
        text(FIGURE, INK, equal, x(1) - g.getFontMetrics(FIGURE).stringWidth(equal) / 2, TOP - 8);
    }

    private void bar(Result result, int y) {
        text(TEXT, INK, label(result), 20, y + 5);
        g.setColor(family(result).color());
        g.fillRect(x(0), y - BAR / 2, x(result.median()) - x(0), BAR);
        g.setColor(INK);
        spread(x(result.lowest()), x(result.highest()), y);
        result.row().target().filter(Target::ofRatio).ifPresent(target -> mark(target, y));
        String figure = ResultTable.ratio(result.median());
        text(FIGURE, INK, figure, WIDTH - RIGHT + 30, y + 5);
    }

    private void spread(int from, int to, int y) {
        g.drawLine(from, y, to, y);
        g.drawLine(from, y - 4, from, y + 4);
        g.drawLine(to, y - 4, to, y + 4);
    }

    private void mark(Target target, int y) {
        g.setColor(INK);
        g.fillRect(x(target.limit()) - 1, y - BAR / 2 - 4, 3, BAR + 8);
    }

    private static String label(Result result) {
        Comparison comparison = result.row().comparison();
        Input input = result.row().aim().input();
        return comparison.ours().title()
                + " "
                + comparison.work().label()
                + ", "
                + input.dimensions()
                + (input.channelsLast() ? " channels-last" : "");
    }

    private void centered(Color color, String text, double ratio) {
        int width = g.getFontMetrics(TEXT).stringWidth(text);
        text(TEXT, color, text, x(ratio) - width / 2, bottom + 18);
    }

    /** Writes and returns where it ends. */
    private int text(Font font, Color color, String text, int x, int y) {
        g.setFont(font);
        g.setColor(color);
        g.drawString(text, x, y);
        return x + g.getFontMetrics().stringWidth(text);
    }

    private int x(double ratio) {
        return LEFT + (int) Math.round(ratio / most * (WIDTH - LEFT - RIGHT));
    }
}
