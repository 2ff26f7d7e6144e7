using System.Net.ServerSentEvents;
using System.Text;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using FsCheck;
using FsCheck.Fluent;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Compares the event reader with the SseParser of .NET.</summary>
public class EventFramesTests
{
    private static readonly Gen<string> Piece = Gen.Elements(
        "data: {\"a\":1}", "data:x", "data: ", "data:", "data", "data:  two", "data x", "dat", "event: response.output_text.delta", "event", "id: 7", "retry: 10", ": note",
        ":", "é", "\uFEFF", "\uFEFFdata: b", "\n", "\n", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\r\r", "data: " + new string('y', 9000));

    [Fact(Explicit = RoomRun.IsOne)]
    public void Event_frames_equal_those_of_SseParser_for_any_bytes_and_read_size() =>
        Prop.ForAll(Gen.Zip(Piece.ListOf(), Gen.Elements(1, 2, 3, 7, 100, 20_000)).ToArbitrary(), Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithEndSize(30));

    [Theory]
    [InlineData("data: a\r\ndata: b\r\n\r\n", "a\nb")]
    [InlineData("\uFEFFdata: a\n\n", "a")]
    [InlineData("data: a\n\ndata: cut", "a")]
    [InlineData("data: a\ndata:\ndata:  c\n\n", "a\n\n c")]
    public void Event_frames_follow_the_SSE_standard(string text, string data) => Assert.Equal([data], Read(Encoding.UTF8.GetBytes(text), 3));

    private static void Agrees((List<string> Pieces, int AtOnce) given)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(given.Pieces));
        var expected = SseParser.Create(new MemoryStream(bytes), static (_, data) => Encoding.UTF8.GetString(data)).Enumerate().Select(static e => e.Data);
        Assert.Equal(expected, Read(bytes, given.AtOnce));
    }

    private static List<string> Read(byte[] bytes, int atOnce)
    {
        var events = new List<string>();
        using var frames = new EventFrames(new DripStream(bytes, atOnce));
        do
        {
            while (frames.TryNext())
            {
                events.Add(Encoding.UTF8.GetString(frames.Data));
            }
        }
        while (frames.FillAsync(default).AsTask().GetAwaiter().GetResult());

        return events;
    }
}
