using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Hosting;

/// <summary>What the demonstration is to show.</summary>
/// <param name="DataFolder">Where it keeps its files.</param>
/// <param name="Seed">Chooses the network and everything that happens in it.</param>
/// <param name="Speed">Simulated seconds per second.</param>
/// <param name="Playbooks">Response policies.</param>
/// <param name="Wall">The wall clock.</param>
/// <param name="Logs">Where faults are told.</param>
internal sealed record DemoPlan(
    string DataFolder, int Seed, double Speed, PlaybookSet Playbooks, TimeProvider Wall, ILoggerFactory Logs);
