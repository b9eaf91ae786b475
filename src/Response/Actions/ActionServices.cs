using SentinelHealth.Response.Ledgers;
using SentinelHealth.Response.Monitoring;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Response.Actions;

/// <summary>What everything that acts needs.</summary>
/// <param name="Store">Where actions are durable.</param>
/// <param name="Ledger">Where they take effect.</param>
/// <param name="Clock">The monitor's clock.</param>
/// <param name="Metrics">What is counted.</param>
public sealed record ActionServices(IActionStore Store, ILedger Ledger, TimeProvider Clock, ResponseMetrics Metrics);
