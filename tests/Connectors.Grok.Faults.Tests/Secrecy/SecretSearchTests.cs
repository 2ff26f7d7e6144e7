using System.Text;
using System.Text.Json;

namespace Connectors.Grok.Faults.Tests.Secrecy;

/// <summary>The secret search finds secrets in every encoding.</summary>
public class SecretSearchTests
{
    public static TheoryData<string> Encodings() =>
    [
        Secrets.Key,
        $"Bearer {Secrets.Key}",
        Uri.EscapeDataString(Secrets.Key),
        JsonEncodedText.Encode(Secrets.Key).ToString(),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Secrets.Key)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("1" + Secrets.Key)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes("12" + Secrets.Key + "34")),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Secrets.Key)),
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Secrets.Key)),
        Secrets.Key.ToUpperInvariant(),
    ];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Secret_search_finds_every_encoding(string text) => Assert.Equal([Secrets.KeyWord], new Secrets().FoundIn($"before{text}after"));

    [Fact]
    public void Secret_search_finds_nothing_in_harmless_text() => Assert.Empty(new Secrets().FoundIn("Retrying (1 of 3) after RateLimit (HTTP 429), in 00:00:01."));

    [Fact]
    public void Secret_search_covers_inner_exceptions_and_exception_data()
    {
        var secrets = new Secrets();
        var inside = new InvalidOperationException("inside", new FormatException(Secrets.Say(Secrets.PromptWord)));
        inside.Data["said"] = Secrets.Say(Secrets.AnswerWord);
        var e = new GrokException(GrokErrorKind.Server, "outside", inside) { Body = Secrets.Say(Secrets.ResultWord), Code = Secrets.Key };
        Assert.Equal(new HashSet<string> { Secrets.PromptWord, Secrets.AnswerWord, Secrets.ResultWord, Secrets.KeyWord }, [.. secrets.FoundIn(Witness.Dump(e))]);
        Assert.Equal(new HashSet<string> { Secrets.PromptWord, Secrets.AnswerWord }, [.. secrets.FoundIn(Witness.Dump(inside))]);
    }
}
