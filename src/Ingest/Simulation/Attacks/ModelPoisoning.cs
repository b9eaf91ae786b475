using SentinelHealth.Ingest.Simulation.Acts;
using SentinelHealth.Ingest.Simulation.Life;
using SentinelHealth.Ingest.Simulation.Network;

namespace SentinelHealth.Ingest.Simulation.Attacks;

/// <summary>Updates of one member pull the shared model its own way.</summary>
internal sealed class ModelPoisoning : Attack
{
    public override string Name => "model-poisoning";

    public override string Family => "learning";

    public override string Description => "Federated updates are far too large or point away from everyone else's.";

    public override IEnumerable<DateTimeOffset> Play(AttackRun run, DateTimeOffset at)
    {
        var service = run.Employee(StaffRole.Agent);
        var model = run.Random.Pick(run.Network.Models);
        var updates = run.Times(8, 5, 5);
        for (var i = 0; i < updates; i++)
        {
            var round = run.Scene.Memory.Rounds.GetValueOrDefault(model, 1);
            var update = run.Tempo switch
            {
                Tempo.Loud => (run.Random.Between(6, 14), run.Random.Between(-0.6, 0.1)),
                Tempo.Steady => (run.Random.Between(2.5, 4), run.Random.Between(0.1, 0.4)),
                // The careful one keeps to a usual size and only turns the direction.
                _ => (run.Random.Between(1.05, 1.4), run.Random.Between(0.25, 0.5)),
            };
            Research.SubmitUpdate(run.Pen, service, (model, round), at, update);
            yield return at += run.Gap(TimeSpan.FromMinutes(3), TimeSpan.FromHours(2), TimeSpan.FromHours(8));
        }
    }
}
