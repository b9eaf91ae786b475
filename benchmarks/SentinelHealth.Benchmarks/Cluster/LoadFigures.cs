using System.Globalization;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>What samples of a run come to.</summary>
/// <param name="samples">In order, without those of the warm-up.</param>
/// <param name="delaysSeconds">From event to alert, by intruder.</param>
/// <param name="intruders">When each intruder acted.</param>
internal sealed class LoadFigures(
    IReadOnlyList<LoadSample> samples, IReadOnlyDictionary<string, double> delaysSeconds,
    IReadOnlyDictionary<string, DateTimeOffset> intruders)
{
    private LoadSample First => samples[0];

    private LoadSample Last => samples[^1];

    public IEnumerable<string> Lines()
    {
        var events = Last.Scored - First.Scored;
        var seconds = (Last.At - First.At).TotalSeconds;
        yield return Text($"scored {events:#,0} events in {seconds:0} s: {events / seconds:#,0} a second");
        var workers = Last.ProcessorTimes.Keys.Where(name => name.StartsWith("worker", StringComparison.Ordinal)).ToList();
        yield return Text($"processor time of an event: {workers.Count} workers {workers.Sum(Cost):0.0} µs together, {string.Join(", ", Last.ProcessorTimes.Keys.Except(workers).Select(name => Text($"{name} {Cost(name):0.0} µs")))}");
        var fifth = Math.Max(1, samples.Count / 5);
        foreach (var name in Last.WorkingSets.Keys)
            yield return Text($"memory of {name}: {Mean(samples.Take(fifth), name):0} MB in the first fifth, {Mean(samples.TakeLast(fifth), name):0} MB in the last");
        yield return Text($"on their way: {samples.Take(fifth).Average(sample => sample.Lag):#,0} in the first fifth, {samples.TakeLast(fifth).Average(sample => sample.Lag):#,0} in the last, {samples.Max(sample => sample.Lag):#,0} at most");
        var rates = samples.Zip(samples.Skip(1))
            .Select(pair => (pair.Second.Scored - pair.First.Scored) / (pair.Second.At - pair.First.At).TotalSeconds).ToList();
        yield return Text($"rate: {rates.Take(fifth).Average():#,0}/s in the first fifth, {rates.TakeLast(fifth).Average():#,0}/s in the last");
        var delays = delaysSeconds.Values.Order().ToList();
        yield return delays.Count == 0 ? "no alert of an intruder" : Text($"from an intruder's event to its alert in the database: {delays.Count} of {intruders.Count}, p50 {At(delays, 0.5):0.00} s, p95 {At(delays, 0.95):0.00} s, p99 {At(delays, 0.99):0.00} s, most {delays[^1]:0.00} s");

        double Cost(string name) =>
            (Last.ProcessorTimes[name] - First.ProcessorTimes[name]).TotalMicroseconds / Math.Max(1, events);
    }

    private static double Mean(IEnumerable<LoadSample> some, string name) =>
        some.Average(sample => sample.WorkingSets[name] / 1048576.0);

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
