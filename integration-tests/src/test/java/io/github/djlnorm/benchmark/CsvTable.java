package io.github.djlnorm.benchmark;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results for spreadsheets and data frames. */
final class CsvTable {

    private static final String HEADER =
            "group,ours,other,work,shape,groups,memory,unit,ours_median,other_median,ratio_median,"
                    + "ratio_lowest,ratio_highest,rounds,target,target_of,verdict,kernel,calls_before,on_page\n";

    private CsvTable() {}

    static String of(List<Result> results) {
        return results.stream().map(CsvTable::line).collect(Collectors.joining("", HEADER, ""));
    }

    private static String measure(Target target) {
        return target.ofRatio() ? "ratio" : "ours";
    }

    private static String line(Result result) {
        Comparison comparison = result.row().comparison();
        Input input = result.row().aim().input();
        return Stream.of(
                                comparison.group(),
                                comparison.ours().label(),
                                comparison.other().label(),
                                comparison.work().label(),
                                input.dimensions(),
                                input.groups() > 0 ? input.groups() : "",
                                input.memory(),
                                comparison.work().unit(),
                                result.ourMedian(),
                                result.otherMedian(),
                                result.median(),
                                result.lowest(),
                                result.highest(),
                                result.ours().size(),
                                result.row()
                                        .target()
                                        .map(Target::limit)
                                        .map(String::valueOf)
                                        .orElse(""),
                                result.row().target().map(CsvTable::measure).orElse(""),
                                result.verdict(),
                                result.kernel(),
                                result.callsBefore(),
                                result.row().onPage())
                        .map(String::valueOf)
                        .collect(Collectors.joining(","))
                + "\n";
    }
}
