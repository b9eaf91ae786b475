using SentinelHealth.Ingest.Kafka;

namespace SentinelHealth.Ingest.Tests.Kafka;

public sealed class KafkaLibraryTests
{
    [Fact]
    public void A_missing_library_is_named_with_what_to_do_about_it()
    {
        var failure = Assert.Throws<DllNotFoundException>(
            () => KafkaLibrary.Find(["librdkafka-absent.so.99"], typeof(Confluent.Kafka.Library).Assembly));

        Assert.Contains("librdkafka-absent.so.99", failure.Message, StringComparison.Ordinal);
        Assert.Contains("./build-librdkafka", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_that_was_found_is_the_version_the_client_was_made_for()
    {
        KafkaLibrary.Load();

        Assert.StartsWith("2.15.1", Confluent.Kafka.Library.VersionString, StringComparison.Ordinal);
    }
}
