package io.github.djlnorm.advice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdviceTest {

    private static final Finding BIAS =
            new Finding("1", Rule.REDUNDANT_BIAS, "it is taken away", "use optBias(false)");

    @Test
    void aSummaryOfTheRulesComesBeforeTheReasons() {
        Finding values =
                new Finding("2", Rule.FEW_VALUES_PER_CHANNEL, "2 values", "use Norm.group(32)");

        assertThat(new Advice(List.of(BIAS, values, at("3", BIAS))).toString())
                .isEqualToNormalizingNewlines(
                        """
                        redundant bias at 2 places
                        few values per channel at 1 place

                        redundant bias: Ioffe and Szegedy, Batch Normalization, ICML 2015, section 3.2, https://arxiv.org/abs/1502.03167
                          it is taken away; use optBias(false)
                            1, 3

                        few values per channel: Wu and He, Group Normalization, ECCV 2018, https://arxiv.org/abs/1803.08494
                          2 values; use Norm.group(32)
                            2""");
    }

    @Test
    void theReasonsOfARuleAreToldApart() {
        Finding other =
                new Finding("2", Rule.REDUNDANT_BIAS, "it is shifted", "use optBias(false)");

        assertThat(new Advice(List.of(BIAS, other, at("3", BIAS))).toString().lines())
                .startsWith("redundant bias at 3 places")
                .containsSequence(
                        "  it is taken away; use optBias(false)",
                        "    1, 3",
                        "  it is shifted; use optBias(false)",
                        "    2");
    }

    @Test
    void ofManyPlacesTheFirstThreeAreNamed() {
        List<Finding> findings = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            findings.add(at(String.valueOf(i), BIAS));
        }

        assertThat(new Advice(findings).toString()).endsWith("    1, 2, 3 and 1 more");
        assertThat(new Advice(findings.subList(0, 3)).toString()).endsWith("    1, 2, 3");
    }

    @Test
    void nothingFoundIsSaid() {
        assertThat(new Advice(List.of())).hasToString("nothing found");
    }

    @Test
    void adviceIsAListOfItsFindings() {
        assertThat(new Advice(List.of(BIAS))).isEqualTo(List.of(BIAS));
    }

    private static Finding at(String path, Finding finding) {
        return new Finding(path, finding.rule(), finding.reason(), finding.suggestion());
    }
}
