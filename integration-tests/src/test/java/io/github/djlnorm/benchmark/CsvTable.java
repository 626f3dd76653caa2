package io.github.djlnorm.benchmark;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results for spreadsheets and data frames. */
final class CsvTable {

    private static final String HEADER =
            "ours,other,work,shape,groups,unit,ours_median,other_median,"
                    + "ratio_median,ratio_lowest,ratio_highest,rounds,target,verdict\n";

    private CsvTable() {}

    static String of(List<Result> results) {
        return results.stream().map(CsvTable::line).collect(Collectors.joining("", HEADER, ""));
    }

    private static String line(Result result) {
        Trial trial = result.row().ours();
        OptionalDouble target = result.row().target();
        return Stream.of(
                                trial.contestant().label(),
                                result.row().other().contestant().label(),
                                trial.work().label(),
                                trial.dimensions(),
                                trial.groups(),
                                trial.work().unit(),
                                result.ourMedian(),
                                result.otherMedian(),
                                result.median(),
                                result.lowest(),
                                result.highest(),
                                result.ours().size(),
                                target.isEmpty() ? "" : target.getAsDouble(),
                                result.verdict())
                        .map(String::valueOf)
                        .collect(Collectors.joining(","))
                + "\n";
    }
}
