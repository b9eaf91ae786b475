using System.Data.Common;
using System.Globalization;

namespace SentinelHealth.Benchmarks.Kafka;

/// <summary>What became of the events, read from the store after the run.</summary>
/// <param name="Fed">Events fed.</param>
/// <param name="Scored">Events the workers' commits counted as scored.</param>
/// <param name="Lost">Events fed that left no trace.</param>
/// <param name="ScoredTwice">Events counted beyond those that left a trace.</param>
/// <param name="OutOfOrder">Scorings that came before or after their neighbours of the same key.</param>
/// <param name="Foreign">Scorings of what was never fed.</param>
internal sealed record ConservationVerdict(int Fed, long Scored, long Lost, long ScoredTwice, long OutOfOrder, long Foreign)
{
    public bool IsKept => Lost == 0 && ScoredTwice == 0 && OutOfOrder == 0 && Foreign == 0 && Scored == Fed;
}

/// <summary>Knows what was fed and reads what was scored, in the order in which it was committed. Shares no code with the product's path.</summary>
internal static class ConservationOracle
{
    public static ConservationVerdict Judge(string store, int fed)
    {
        var seen = new bool[fed];
        var latest = Enumerable.Repeat(-1, ConservationPlan.Keys).ToArray();
        var (outOfOrder, foreign) = (0L, 0L);
        using var connection = SharedStore.Connect(store);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT source FROM alert ORDER BY rowid";
        // A server answers one question at a time.
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                var parts = reader.GetString(0).Split('-');
                var key = int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
                var place = int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture);
                var number = (place * ConservationPlan.Keys) + key;
                if (key >= ConservationPlan.Keys || number >= fed)
                    foreign++;
                else
                {
                    seen[number] = true;
                    if (place != latest[key] + 1)
                        outOfOrder++;
                    latest[key] = place;
                }
            }
        }
        var scored = Tally(connection, "scored");
        var distinct = seen.LongCount(was => was);
        return new ConservationVerdict(fed, scored, fed - distinct, scored - distinct - foreign, outOfOrder, foreign);
    }

    /// <summary>What the workers counted in the commits themselves: an event taken from the log twice is counted twice.</summary>
    private static long Tally(DbConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM tally WHERE name = @name";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@name", name);
        command.Parameters.Add(parameter);
        return (long?)command.ExecuteScalar() ?? 0;
    }
}
