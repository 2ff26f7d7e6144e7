using System.Text;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>What the template takes, and what it leaves to the reader: whether an event is read in the fast way shows nowhere else.</summary>
public class DeltaTemplateTests
{
    private const string First = """{"n":5,"delta":"Hi","x":1}""";

    private static readonly Delta Known = new(DeltaKind.Text, "Hi", "msg_1", 2, 1);

    [Theory]
    [InlineData("""{"n":6,"delta":" world","x":1}""", 6, " world")]
    [InlineData("""{"n":0,"delta":"","x":1}""", 0, "")]
    [InlineData("""{"n":123456789,"delta":"é😀","x":1}""", 123456789, "é😀")]
    public void Next_delta_fits(string json, int number, string text)
    {
        Assert.True(Learned().TryRead(Encoding.UTF8.GetBytes(json), out var delta, out var read));
        Assert.Equal((Known with { Text = text }, number), (delta, read));
    }

    [Theory]
    // Another beginning, middle or end.
    [InlineData("""{"m":6,"delta":"Hi","x":1}""")]
    [InlineData("""{"n":6,"DELTA":"Hi","x":1}""")]
    [InlineData("""{"n":6,"delta":"Hi","x":2}""")]
    // No number, one of more digits than fit an int, and one that is no JSON.
    [InlineData("""{"n":,"delta":"Hi","x":1}""")]
    [InlineData("""{"n":1234567890,"delta":"Hi","x":1}""")]
    [InlineData("""{"n":06,"delta":"Hi","x":1}""")]
    // Characters that a JSON text cannot hold as they are, or that stand for others.
    [InlineData("""{"n":6,"delta":"H\"i","x":1}""")]
    [InlineData("""{"n":6,"delta":"H\ni","x":1}""")]
    [InlineData("{\"n\":6,\"delta\":\"H\u001fi\",\"x\":1}")]
    // The middle and the end share their quotation mark.
    [InlineData("""{"n":6,"delta":","x":1}""")]
    [InlineData("")]
    public void Other_event_does_not_fit(string json)
    {
        Assert.False(Learned().TryRead(Encoding.UTF8.GetBytes(json), out var delta, out _));
        Assert.Equal(default, delta);
    }

    [Fact]
    public void Invalid_UTF8_does_not_fit() => Assert.False(Learned().TryRead([.. "{\"n\":6,\"delta\":\""u8, 0xff, .. "\",\"x\":1}"u8], out _, out _));

    [Fact]
    public void Nothing_fits_before_the_first_delta() => Assert.False(new DeltaTemplate().TryRead("5x"u8, out _, out _));

    [Fact]
    public void Delta_without_a_number_or_with_the_number_last_is_not_learned()
    {
        var template = Learned();
        var last = """{"delta":"Hi","n":5}"""u8;
        template.Learn(last, Of(last, "5"u8), Of(last, "Hi"u8), Known);
        Assert.False(template.TryRead(last, out _, out _));
        var none = """{"delta":"Hi"}"""u8;
        template.Learn(none, default, Of(none, "Hi"u8), Known);
        Assert.False(template.TryRead(none, out _, out _));
        // The earlier one stays.
        Assert.True(template.TryRead(Encoding.UTF8.GetBytes(First), out _, out _));
    }

    [Fact]
    public void Text_may_follow_the_number_directly()
    {
        var template = new DeltaTemplate();
        template.Learn("n5Hi!"u8, 1..2, 2..4, Known);
        Assert.True(template.TryRead("n7you!"u8, out var delta, out var number));
        Assert.Equal(("you", 7), (delta.Text, number));
    }

    private static DeltaTemplate Learned()
    {
        var template = new DeltaTemplate();
        ReadOnlySpan<byte> json = Encoding.UTF8.GetBytes(First);
        template.Learn(json, Of(json, "5"u8), Of(json, "Hi"u8), Known);
        return template;
    }

    private static Range Of(ReadOnlySpan<byte> json, ReadOnlySpan<byte> part) => json.IndexOf(part)..(json.IndexOf(part) + part.Length);
}
