/** A table's name, or a file's name or glob in single quotes. */
SqlIdentifier TableOrFile() :
{
    final SqlIdentifier id;
}
{
    id = CompoundTableIdentifier() { return id; }
|
    <QUOTED_STRING> {
        return new SqlIdentifier(
            ImmutableList.of(SqlParserUtil.parseString(token.image)), null, getPos(),
            ImmutableList.of(getPos().withQuoting(true)));
    }
}

boolean IfExists() :
{
}
{
    <IF> <EXISTS> { return true; }
|
    { return false; }
}

boolean IfNotExists() :
{
}
{
    <IF> <NOT> <EXISTS> { return true; }
|
    { return false; }
}

/** (name [=] literal, ..) as a list of SqlCall EQUALS(name, literal). */
SqlNodeList Options() :
{
    final List<SqlNode> settings = new ArrayList<SqlNode>();
    final Span s;
}
{
    <LPAREN> { s = span(); }
    AddOption(settings) ( <COMMA> AddOption(settings) )*
    <RPAREN> { return new SqlNodeList(settings, s.end(this)); }
|
    { return SqlNodeList.EMPTY; }
}

void AddOption(List<SqlNode> settings) :
{
    final SqlIdentifier name;
    final SqlNode value;
}
{
    name = SimpleIdentifier() [ <EQ> ]
    ( value = Literal() | value = SimpleIdentifier() )
    {
        settings.add(SqlStdOperatorTable.EQUALS.createCall(name.getParserPosition(), name, value));
    }
}

/** CREATE [OR REPLACE] MODEL [IF NOT EXISTS] name FROM 'folder' [WITH (..)]. */
SqlCreate CreateModel(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier name;
    final SqlNode folder;
    SqlNodeList settings = SqlNodeList.EMPTY;
}
{
    <MODEL> ifNotExists = IfNotExists() name = SimpleIdentifier() <FROM> folder = StringLiteral()
    [ <WITH> settings = Options() ]
    {
        return new SqlCreateModel(s.end(this), replace, ifNotExists, name, folder, settings);
    }
}

/** CREATE TABLE target AS query. */
SqlCreate CreateTableAs(Span s, boolean replace) :
{
    final boolean ifNotExists;
    final SqlIdentifier target;
    final SqlNode query;
}
{
    <TABLE> ifNotExists = IfNotExists() target = TableOrFile()
    <AS> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    {
        return new SqlCreateTableAs(s.end(this), replace, ifNotExists, target, query);
    }
}

/** CREATE [OR REPLACE] VIEW name [(column, ..)] AS query. */
SqlCreate CreateView(Span s, boolean replace) :
{
    final SqlIdentifier name;
    SqlNodeList columns = SqlNodeList.EMPTY;
    final SqlNode query;
}
{
    <VIEW> name = SimpleIdentifier()
    [ columns = ParenthesizedSimpleIdentifierList() ]
    <AS> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    {
        return new SqlCreateView(s.end(this), replace, name, columns, query);
    }
}

SqlDrop DropModel(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    <MODEL> ifExists = IfExists() name = SimpleIdentifier()
    {
        return new SqlDropModel(s.end(this), ifExists, name);
    }
}

SqlDrop DropView(Span s, boolean replace) :
{
    final boolean ifExists;
    final SqlIdentifier name;
}
{
    <VIEW> ifExists = IfExists() name = SimpleIdentifier()
    {
        return new SqlDropView(s.end(this), ifExists, name);
    }
}

/** COPY (query) TO 'file' [(..)], or COPY table TO 'file' [(..)]. */
SqlNode Copy() :
{
    final Span s;
    final SqlNode query;
    final SqlIdentifier target;
    final SqlNodeList settings;
}
{
    <COPY> { s = span(); }
    (
        <LPAREN> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) <RPAREN>
    |
        query = TableOrFile()
    )
    <TO> target = TableOrFile() settings = Options()
    {
        return new SqlCopy(s.end(this), query, target, settings);
    }
}

SqlNode ShowModels() :
{
    final Span s;
}
{
    <SHOW> { s = span(); } <MODELS> { return new SqlShowModels(s.end(this)); }
}

/** EXPLAIN ANALYZE query: runs it. */
SqlNode ExplainAnalyze() :
{
    final Span s;
    final SqlNode query;
}
{
    <EXPLAIN> { s = span(); } <ANALYZE> query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
    {
        return new SqlExplainAnalyze(s.end(this), query);
    }
}
