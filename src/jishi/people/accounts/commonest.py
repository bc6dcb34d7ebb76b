"""The passwords that are tried first, of 8 characters or more: digits, keyboard rows, names and words of both languages."""

COMMONEST = frozenset(
    """
    12345678 123456789 1234567890 12345678910 123456789a 1234567891 0123456789 0987654321 9876543210 987654321
    87654321 11112222 11223344 1122334455 12121212 12123434 12341234 123123123 1234554321 123321123 12344321 123454321
    123456123 112233445566 147258369 147852369 159357456 159753456 19841010 20082008 31415926 31415926535 52013145
    5201314520 5201314521 52013141314 1314520520 1314521521 13145200 66668888 88888888 88886666 a1234567 a12345678
    a123456789 aa123456 aa12345678 aa123456789 abc12345 abc123456 abcd1234 abcde12345 abcd12345 abcdefgh abcdefghi
    abcdef123 admin123 admin1234 admin12345 admin123456 administrator adminadmin alexander asdf1234 asdfasdf asdfghjk
    asdfghjkl asdfghjkl1 asd123456 as123456 asd12345 baseball basketball bismillah blink182 butterfly caonima123
    changeme changeme123 charlie1 chelsea1 chinachina chocolate christian computer computer1 corvette danielle
    default1 dragon123 elizabeth facebook facebook1 fangfang feixiang football football1 freedom1 garfield goodluck
    hannover hello123 hello1234 hellohello helloworld iloveyou iloveyou1 iloveyou2 iloveyou123 internet jennifer
    jessica1 jordan23 juventus killer123 kingking letmein1 letmein123 linkedin liverpool liverpool1 loveyou520
    lovelove manchester marlboro master123 maverick mercedes metallica michael1 michelle midnight monkey123 mustang1
    newpassword nicholas ninja123 passw0rd password password! password1 password12 password123 password1234 password2
    password01 p@ssw0rd p@ssword pa$$word patricia pokemon1 pokemon123 princess princess1 q1w2e3r4 q1w2e3r4t5
    q1w2e3r4t5y6 qaz12345 qazwsx123 qazwsxedc qazxswedc qq123456 qq123456789 qq1234567 qweasdzxc qweqwe123 qwe12345
    qwe123456 qwer1234 qwert12345 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyui qwertyuiop
    qwertyuiop123 raiders1 rainbow1 rockstar samantha scorpion secret123 serenity slipknot softball spiderman standard
    starwars steelers sunshine sunshine1 superman superman1 superstar swordfish taobao123 test1234 test12345 testtest
    tinkerbell trustno1 trustno1! undertaker unknown1 victoria vincent1 volkswagen w123456789 wang123456 wangjian
    wangyang welcome1 welcome123 whatever wo5201314 wodemima woaini520 woaini521 woaini123 woaini1314 woaini5201314
    woaiwojia woaiziji xiaoming xiaoxiao zaq12wsx zhang123 zhangwei zhangjie z123456789 zxc123456 zxcvbnm1 zxcvbnm123
    zxcvbnma zz123456 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 1qaz@wsx !qaz2wsx
    123qweasd 123qwe123 123456qwerty 123456abc 123456aa 123456asd 123456qq 123456789q 123456789qq 12345qwert 1234qwer
    123abc123 jishi123 jishi1234 jishijishi
    """.split()  # a list of words is read as words
)
