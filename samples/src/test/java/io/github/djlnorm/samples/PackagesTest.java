package io.github.djlnorm.samples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.TOP_LEVEL_CLASSES;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/**
 * Which package may use which: each only those above it in this list, so that there is no circle.
 */
@AnalyzeClasses(
        packagesOf = Main.class,
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class PackagesTest {

    private static final String ROOT = "io.github.djlnorm.samples";

    @ArchTest
    static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW =
            layeredArchitecture()
                    .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                    .ensureAllClassesAreContainedInArchitecture()
                    .layer("cli")
                    .definedBy(ROOT + ".cli")
                    .layer("plot")
                    .definedBy(ROOT + ".plot")
                    .layer("nets")
                    .definedBy(ROOT + ".nets")
                    .layer("data")
                    .definedBy(ROOT + ".data")
                    .layer("classification")
                    .definedBy(ROOT + ".classification")
                    .layer("weights")
                    .definedBy(ROOT + ".weights")
                    .layer("style")
                    .definedBy(ROOT + ".style")
                    .layer("studies")
                    .definedBy(ROOT + ".studies")
                    .layer("batchsize")
                    .definedBy(ROOT + ".studies.batchsize")
                    .layer("dataparallel")
                    .definedBy(ROOT + ".studies.dataparallel")
                    .layer("lighting")
                    .definedBy(ROOT + ".studies.lighting")
                    .layer("program")
                    .definedBy(ROOT)
                    .whereLayer("cli")
                    .mayNotAccessAnyLayer()
                    .whereLayer("plot")
                    .mayNotAccessAnyLayer()
                    .whereLayer("nets")
                    .mayNotAccessAnyLayer()
                    .whereLayer("data")
                    .mayOnlyAccessLayers("cli")
                    .whereLayer("classification")
                    .mayOnlyAccessLayers("data", "nets", "plot", "cli")
                    .whereLayer("weights")
                    .mayOnlyAccessLayers("classification", "data", "nets", "cli")
                    .whereLayer("style")
                    .mayOnlyAccessLayers("classification", "data", "nets", "plot", "cli")
                    .whereLayer("studies")
                    .mayOnlyAccessLayers("classification", "data", "nets", "plot", "cli")
                    .whereLayer("batchsize")
                    .mayOnlyAccessLayers("studies", "classification", "data", "nets", "plot", "cli")
                    .whereLayer("dataparallel")
                    .mayOnlyAccessLayers("studies", "classification", "data", "nets", "plot", "cli")
                    .whereLayer("lighting")
                    .mayOnlyAccessLayers("studies", "classification", "data", "nets", "plot", "cli")
                    .whereLayer("program")
                    .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule A_CLASS_IS_PUBLIC_ONLY_FOR_OTHER_PACKAGES =
            classes()
                    .that(TOP_LEVEL_CLASSES)
                    .and()
                    .arePublic()
                    .and()
                    .doNotBelongToAnyOf(Main.class)
                    .should(beUsedByAnotherPackage());

    private static ArchCondition<JavaClass> beUsedByAnotherPackage() {
        return new ArchCondition<>("be used by another package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean used =
                        type.getDirectDependenciesToSelf().stream()
                                .map(d -> d.getOriginClass().getPackageName())
                                .anyMatch(name -> !name.equals(type.getPackageName()));
                String message = type.getName() + (used ? " is used" : " is public for nobody");
                events.add(new SimpleConditionEvent(type, used, message));
            }
        };
    }
}
