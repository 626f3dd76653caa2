package io.github.djlnorm.parity;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Real {@code torch.nn.GroupNorm} and {@code torch.nn.InstanceNorm1d}, {@code 2d} and {@code 3d}.
 * They have both parameters or none; where a case has one of them, the other stays neutral.
 */
final class TorchModules implements Implementation {

    private final PyTorch torch;

    TorchModules(PyTorch torch) {
        this.torch = torch;
    }

    @Override
    public String name() {
        return "PyTorch " + torch.version();
    }

    @Override
    public List<Outcome> run(List<ParityCase> cases) {
        List<ModuleResult> results = torch.run(cases.stream().map(TorchModules::call).toList());
        return IntStream.range(0, cases.size())
                .mapToObj(i -> outcome(cases.get(i), results.get(i)))
                .toList();
    }

    private static ModuleCall call(ParityCase parityCase) {
        CaseData data = new CaseData(parityCase);
        List<Boolean> passes = parityCase.passes();
        Map<String, double[]> arrays = new HashMap<>();
        for (int pass = 0; pass < passes.size(); pass++) {
            arrays.put("x" + pass, data.x(pass));
        }
        arrays.put("dy", data.dy());
        if (parityCase.affine() != Affine.NONE) {
            arrays.put("state/weight", data.gamma());
            arrays.put("state/bias", data.beta());
        }
        return new ModuleCall(
                module(parityCase),
                parityCase.precision().input(),
                parityCase.precision().parameters(),
                parityCase.layout(),
                parityCase.shape(),
                passes,
                arrays);
    }

    /** The Python expression of a case's layer. */
    static String module(ParityCase parityCase) {
        String affine = parityCase.affine() == Affine.NONE ? "False" : "True";
        double epsilon = parityCase.epsilon();
        if (parityCase.layer() == Layer.GROUP_NORM) {
            return "nn.GroupNorm(%d, %d, eps=%s, affine=%s)"
                    .formatted(parityCase.groups(), parityCase.channels(), epsilon, affine);
        }
        return "nn.InstanceNorm%dd(%d, eps=%s, momentum=%s, affine=%s, track_running_stats=%s)"
                .formatted(
                        parityCase.shape().dimension() - 2,
                        parityCase.channels(),
                        epsilon,
                        (double) (1 - CaseData.MOMENTUM),
                        affine,
                        parityCase.running().tracked() ? "True" : "False");
    }

    private static Outcome outcome(ParityCase parityCase, ModuleResult result) {
        if (result.isRefused()) {
            return Outcome.refused(result.refusal());
        }
        Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
        for (Quantity quantity : Quantity.values()) {
            double[] array = result.arrays().get(torchName(quantity));
            if (parityCase.has(quantity) && array != null) {
                values.put(quantity, array);
            }
        }
        return Outcome.of(values);
    }

    private static String torchName(Quantity quantity) {
        return switch (quantity) {
            case Y -> "y";
            case DX -> "dx";
            case DGAMMA -> "grad/weight";
            case DBETA -> "grad/bias";
            case RUNNING_MEAN -> "state/running_mean";
            case RUNNING_VAR -> "state/running_var";
        };
    }
}
