package dev.sluice;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether boundaries lie as the order of their zones says. Two may lie at the same place; the better zone then is empty.
 *
 * @param names of the zones, worst first
 */
record ZoneOrder(Direction direction, List<String> names) {
    /**
     * What contradicts itself, each in a sentence. What is not a number is not known, and contradicts nothing.
     *
     * @param boundaries turned by the direction, so that a level is bad below
     * @param recoveries turned as well
     */
    List<String> faults(double[] boundaries, double[] recoveries) {
        List<String> faults = new ArrayList<>(0);
        for (int i = 0; i < names.size(); i++) {
            for (int better = i + 1; better < names.size(); better++) {
                if (boundaries[i] > boundaries[better]) {
                    faults.add("'%s' is %s, beyond the better zone '%s', which is %s"
                            .formatted(names.get(i), side(boundaries[i]), names.get(better), side(boundaries[better])));
                }
            }
            if (recoveries[i] < boundaries[i]) {
                faults.add("'%s' is %s, and would be over at %s, which lies in it"
                        .formatted(names.get(i), side(boundaries[i]), written(recoveries[i])));
            }
        }
        return faults;
    }

    private String side(double boundary) {
        return direction.word() + " " + written(boundary);
    }

    private String written(double boundary) {
        return Decimals.written(direction.turn(boundary));
    }
}
