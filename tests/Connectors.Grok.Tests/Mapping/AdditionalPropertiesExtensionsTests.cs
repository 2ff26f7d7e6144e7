using System.Text.Json;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping;

public class AdditionalPropertiesExtensionsTests
{
    private static JsonElement Json(string text) => JsonElement.Parse(text);

    [Fact]
    public void GetLong_reads_integers_of_every_numeric_form()
    {
        object?[] values = [7L, 7, Json("7"), Json("7.5"), Json("\"7\""), "7", null];
        Assert.Equal([7, 7, 7, null, null, null, null], values.Select(static v => new AdditionalPropertiesDictionary { ["key"] = v }.GetLong("key")));
        Assert.Null(new AdditionalPropertiesDictionary().GetLong("key"));
        Assert.Null(((AdditionalPropertiesDictionary?)null).GetLong("key"));
    }

    [Fact]
    public void GetBool_reads_booleans_JSON_and_text()
    {
        object?[] values = [true, Json("true"), Json("false"), Json("\"true\""), "False", Json("1"), "maybe", null];
        Assert.Equal([true, true, false, true, false, null, null, null], values.Select(static v => new AdditionalPropertiesDictionary { ["key"] = v }.GetBool("key")));
        Assert.Null(new AdditionalPropertiesDictionary().GetBool("key"));
    }
}
