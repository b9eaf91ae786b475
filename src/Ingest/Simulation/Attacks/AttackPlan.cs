using System.Globalization;
using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Chance;
using SentinelHealth.Ingest.Simulation.Records;
using SentinelHealth.Ingest.Simulation.Scenes;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Spreads the chosen attacks over the time after the quiet share.</summary>
internal static class AttackPlan
{
    private const int RefusalsMax = 25;

    public static void Begin(Scene scene)
    {
        var options = scene.Options;
        var random = new SeededRandom(options.Seed, "attack-plan");
        var from = options.StartAt + (TimeSpan.FromDays(options.Days) * options.QuietShare);
        // What begins in the last twentieth would hardly get anywhere.
        var span = (options.EndAt - from) * 0.95;
        foreach (var attack in AttackCatalog.Scripts.Where(attack => IsChosen(options, attack)))
        {
            for (var i = 0; i < options.InstancesPerAttack; i++)
            {
                // Instances are spread over the span in order, each at a random point of its part.
                var at = from + (span * ((i + random.Unit()) / options.InstancesPerAttack));
                Start(scene, attack, i, at);
            }
        }
        for (var i = 0; i < options.ScheduledAttacks.Count; i++)
        {
            var (startsAt, name) = options.ScheduledAttacks[i];
            var attack = Array.Find(AttackCatalog.Scripts, one => one.Name == name)!;
            // A scheduled one is loud and comes besides the planned ones, so it has a number of its own.
            Start(scene, attack, options.InstancesPerAttack + i, startsAt, Tempo.Loud);
        }
    }

    private static void Start(Scene scene, Attack attack, int number, DateTimeOffset at, Tempo? tempo = null)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{attack.Name}-{number + 1}");
        var random = new SeededRandom(scene.Options.Seed, "attack-" + id);
        var pen = new Pen(scene, new AttackLabel(attack.Name, id), random);
        var run = new AttackRun(scene, pen, tempo ?? (Tempo)((number + random.Below(2)) % 3));
        scene.Play(UntilBeaten(scene, id, attack.Play(run, at)), at);
    }

    /// <summary>Whoever is refused again and again gives up.</summary>
    private static IEnumerable<DateTimeOffset> UntilBeaten(Scene scene, string attackId, IEnumerable<DateTimeOffset> script)
    {
        foreach (var next in script)
        {
            if (scene.Memory.Refusals.GetValueOrDefault(attackId) > RefusalsMax)
                yield break;
            yield return next;
        }
    }

    private static bool IsChosen(SimulationOptions options, Attack attack) =>
        !options.Attacks.Contains("none") && (options.Attacks.Contains("all") || options.Attacks.Contains(attack.Name));
}
