using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace SentinelHealth.Benchmarks.Access;

/// <summary>A question with its moment.</summary>
internal readonly record struct DueQuestion(int Number, long Due);

/// <summary>One connection of HTTP/1.1 that is kept alive and asks one question after another, with as little work of its own as can be.</summary>
internal sealed class AccessConnection(Uri url, string token)
{
    private const int AnswerBytesMax = 16 * 1024;

    /// <summary>Asks what comes, and writes down how long after its moment the answer was there.</summary>
    public async Task RunAsync(ChannelReader<DueQuestion> questions, double[] milliseconds, CancellationToken cancel)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(url.Host, url.Port, cancel);
        await using var stream = client.GetStream();
        var buffer = new byte[AnswerBytesMax];
        await foreach (var question in questions.ReadAllAsync(cancel))
        {
            await stream.WriteAsync(AccessQuestions.Request(url, token, question.Number), cancel);
            var isAnswered = await HearAsync(stream, buffer, cancel);
            milliseconds[question.Number] =
                isAnswered ? Stopwatch.GetElapsedTime(question.Due).TotalMilliseconds : double.PositiveInfinity;
        }
    }

    /// <summary>Reads one answer to its end; whether it was 200.</summary>
    private static async Task<bool> HearAsync(NetworkStream stream, byte[] buffer, CancellationToken cancel)
    {
        for (var read = 0; read < buffer.Length;)
        {
            var got = await stream.ReadAsync(buffer.AsMemory(read), cancel);
            if (got == 0)
                throw new IOException("The monitor closed the connection.");
            read += got;
            if (IsWhole(buffer.AsSpan(0, read)))
                return buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200 "u8);
        }
        throw new IOException("An answer is too long.");
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        var field = answer.IndexOf("Content-Length: "u8);
        if (field < 0 || field > head || !System.Buffers.Text.Utf8Parser.TryParse(answer[(field + 16)..], out int length, out _))
            throw new IOException("An answer does not tell its length.");
        return answer.Length >= head + 4 + length;
    }
}
