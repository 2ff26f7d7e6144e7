using System.Text;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

public class AnnotationMapperTests
{
    private static readonly Gen<string> Text = Gen.Elements("a", "é", "語", "😀", "👩‍👩‍👧", "\U0001F1F3\U0001F1F4", "\n", "words ").ListOf().Select(string.Concat);

    [Fact]
    public void Citation_indices_are_converted_from_code_points_to_UTF_16_units() =>
        Prop.ForAll(Gen.Zip(Text, Gen.Zip(Gen.Choose(0, 40), Gen.Choose(1, 40))).ToArbitrary(), IsPlaced).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(40));

    [Fact]
    public void Citation_indices_are_clamped_to_a_text_with_lone_surrogates() =>
        Assert.All(["\uD83D", "a\uD83D", "\uD83Da", ""], static text => Assert.Equal(text.Length, Region(text, 0, int.MaxValue).EndIndex));

    private static void IsPlaced((string Text, (int Start, int Length) Span) given)
    {
        var (text, (start, length)) = given;
        var runes = text.EnumerateRunes().ToList();
        var region = Region(text, start, start + length);
        Assert.Equal((Units(start), Units(start + length)), (region.StartIndex!.Value, region.EndIndex!.Value));

        int Units(int codePoints) => runes.Take(codePoints).Sum(static (Rune r) => r.Utf16SequenceLength);
    }

    private static TextSpanAnnotatedRegion Region(string text, int start, int end)
    {
        var notes = AnnotationMapper.ToAnnotations([new UrlCitationAnnotation { Url = "https://example.org", StartIndex = start, EndIndex = end }], text)!;
        return Assert.IsType<TextSpanAnnotatedRegion>(Assert.Single(Assert.Single(notes).AnnotatedRegions!));
    }
}
