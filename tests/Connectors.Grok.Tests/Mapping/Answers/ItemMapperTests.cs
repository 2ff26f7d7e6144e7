using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

public class ItemMapperTests
{
    [Fact]
    public void Text_part_without_text_is_dropped_unless_it_is_annotated()
    {
        Assert.Null(ItemMapper.ToContent(new OutputTextPart()));
        Assert.Null(ItemMapper.ToContent(new OutputTextPart { Text = "", Annotations = [] }));
        var text = Assert.IsType<TextContent>(ItemMapper.ToContent(new OutputTextPart { Annotations = [new UrlCitationAnnotation { Url = "https://example.org", StartIndex = 0, EndIndex = 5 }] }));
        var region = Assert.IsType<TextSpanAnnotatedRegion>(Assert.Single(Assert.Single(text.Annotations!).AnnotatedRegions!));
        Assert.Equal(("", 0, 0), (text.Text, region.StartIndex!.Value, region.EndIndex!.Value));
        Assert.Empty(ItemMapper.ToContents(new MessageItem(), default, isCut: false));
    }
}
