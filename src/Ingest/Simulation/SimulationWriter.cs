using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SentinelHealth.Ingest.Simulation;

/// <summary>Writes a simulation as NDJSON: one stream of native events, one of labels, one of honest oddities.</summary>
public static class SimulationWriter
{
    private const int FlushBytes = 256 * 1024;
    private const int ProgressEvents = 10_000;

    /// <summary>
    /// Writes each event as a line, for each event of an attack a line <c>{"eventId","attack","attackId"}</c>, and for each event
    /// of an honest oddity a line <c>{"eventId","oddity","oddityId"}</c>. Leaves the streams open.
    /// </summary>
    /// <param name="events">What to write, in order.</param>
    /// <param name="output">Receives the events.</param>
    /// <param name="truth">Receive the ground truth.</param>
    /// <param name="progress">Told the number of events written so far, every ten thousand and at the end; null for
    /// silence.</param>
    /// <param name="cancel">Stops between two events; what was written stays.</param>
    /// <returns>The number of events written.</returns>
    public static async Task<long> WriteAsync(
        IEnumerable<SimulatedEvent> events, Stream output, SimulationTruth truth, IProgress<long>? progress,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(truth);
        var lines = new ArrayBufferWriter<byte>(FlushBytes + 4096);
        long written = 0;
        foreach (var simulated in events)
        {
            cancel.ThrowIfCancellationRequested();
            lines.Write(simulated.Json);
            lines.Write("\n"u8);
            await WriteTruthAsync(simulated, truth, cancel).ConfigureAwait(false);
            if (lines.WrittenCount >= FlushBytes)
                await FlushAsync(lines, output, cancel).ConfigureAwait(false);
            if (++written % ProgressEvents == 0)
                progress?.Report(written);
        }
        await FlushAsync(lines, output, cancel).ConfigureAwait(false);
        progress?.Report(written);
        return written;
    }

    private static async ValueTask FlushAsync(ArrayBufferWriter<byte> lines, Stream output, CancellationToken cancel)
    {
        await output.WriteAsync(lines.WrittenMemory, cancel).ConfigureAwait(false);
        lines.ResetWrittenCount();
    }

    private static async ValueTask WriteTruthAsync(SimulatedEvent simulated, SimulationTruth truth, CancellationToken cancel)
    {
        if (truth.Labels is { } labels && simulated is { Attack: { } attack, AttackId: { } attackId })
            await labels.WriteAsync(Line(simulated.Id, "attack", attack, attackId), cancel).ConfigureAwait(false);
        if (truth.Oddities is { } oddities && simulated is { Oddity: { } oddity, OddityId: { } oddityId })
            await oddities.WriteAsync(Line(simulated.Id, "oddity", oddity, oddityId), cancel).ConfigureAwait(false);
    }

    /// <summary>Identifiers and names here never need escaping, but the encoder decides that, not this line.</summary>
    private static byte[] Line(string eventId, string what, string kind, string instance)
    {
        var (id, name, which) = (JsonText(eventId), JsonText(kind), JsonText(instance));
        return Encoding.UTF8.GetBytes($$"""{"eventId":{{id}},"{{what}}":{{name}},"{{what}}Id":{{which}}}""" + "\n");
    }

    private static string JsonText(string text) => "\"" + JsonEncodedText.Encode(text) + "\"";
}
