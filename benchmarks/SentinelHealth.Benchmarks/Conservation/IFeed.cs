namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>Gives events to the worker, whatever happens to it.</summary>
internal interface IFeed
{
    /// <summary>Events given so far.</summary>
    long Fed { get; }

    /// <summary>What it did besides, for the report.</summary>
    string Account { get; }

    /// <summary>Feeds until told to stop, and then to a place from which all numbers below <see cref="Fed"/> have been given.</summary>
    /// <param name="scored">How many have been scored by now: the feed stays a bounded way ahead.</param>
    /// <param name="stop">Ends the feeding. What was begun is finished.</param>
    Task RunAsync(Func<long> scored, CancellationToken stop);
}
